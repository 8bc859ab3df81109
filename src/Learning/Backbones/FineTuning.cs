using System.Globalization;
using Coverslip.Learning.Recipes;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// How much of a network that starts from weights is trained, and how fast. A network's stages are its outermost modules
/// with weights, in order of computation (<c>layer4</c>, <c>features.denseblock2</c>), a batch normalization of its own
/// counted to the one before it. What is not trained acts as in evaluation, its batch normalization by its running
/// statistics, which stay.
/// </summary>
public sealed record FineTuning
{
    /// <summary>Stages that are trained, the last ones; null (default): all; 0: what stands on the network alone.</summary>
    public int? Stages { get; init; }

    /// <summary>
    /// Factor of the learning rate of a stage to that of the next one above it, in (0, 1]; 1 by default. The last stage
    /// has the factor itself, what stands on the network the whole rate (Howard and Ruder 2018, sec. 3.2).
    /// </summary>
    public double RateDecay { get; init; } = 1;

    /// <summary>Reads the keys <c>trainable</c> and <c>rate_decay</c>.</summary>
    /// <param name="node">The section of the network.</param>
    /// <param name="weights">What it starts from; empty: random numbers.</param>
    /// <param name="source">Place of a paper that names <c>last-four</c>; empty where none does.</param>
    /// <exception cref="RecipeException">A part would stay random.</exception>
    public static FineTuning Read(RecipeNode node, string weights, string source = "")
    {
        var word = node.Trainable(
            "trainable",
            "What of the network is trained: all, its last N stages (last-N), or none, so that only what stands on it learns; last-four, Keras's last four layers, is none by that name. All but all needs weights",
            source
        );
        var read = new FineTuning
        {
            Stages = word switch
            {
                "all" => null,
                "none" or "last-four" => 0,
                _ => int.Parse(word["last-".Length..], CultureInfo.InvariantCulture),
            },
            RateDecay = node.Number(
                "rate_decay",
                1,
                (0.01, 1),
                "Factor of the learning rate from a stage of the network to the one below it; what stands on the network has the whole rate"
            ),
        };
        return read.Stages is null || weights.Length > 0
            ? read
            : throw node.Wrong("trainable", word, "all below would stay random; set network.weights or train all");
    }

    /// <summary>
    /// A network in two, its frozen stages and what stands on them; null where nothing is frozen, or it cannot be divided so.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="at">Where it was born.</param>
    /// <param name="kind">Which it is.</param>
    public (Func<Tensor, Tensor> Below, Func<Tensor, BackboneOutput> Above)? Divide(
        IBackbone network,
        ParameterPath at,
        BackboneKind kind
    )
    {
        if (Stages is not { } trained)
            return null;
        string[] all = [.. StagesOf(at, kind).Values.Distinct()];
        // The first stage of all is below every other one; a network that learns there has nothing to keep.
        return trained >= all.Length ? null : network.DividedAt(trained == 0 ? null : all[^trained]);
    }

    /// <summary>Freezes and slows what a store has of a network; nothing where all of it learns alike.</summary>
    /// <param name="at">Where the network was born.</param>
    /// <param name="kind">Which it is.</param>
    /// <exception cref="RecipeException">It has not so many stages; the message lists them.</exception>
    public void Apply(ParameterPath at, BackboneKind kind)
    {
        if (Stages is null && RateDecay == 1)
            return;
        var stages = StagesOf(at, kind);
        var all = stages.Values.Distinct().ToArray();
        if (Stages > all.Length)
            throw new RecipeException(
                $"network.trainable is last-{Stages}; {kind.Name} has {all.Length} stages: {string.Join(", ", all)}; set it to none, last-1 to last-{all.Length}, or all"
            );
        // 1 for the last stage, 2 for the one below it, …
        var depths = stages.ToDictionary(s => s.Key, s => all.Length - Array.IndexOf(all, s.Value));
        at.Store.Freeze(path => depths.TryGetValue(path, out var depth) && depth > (Stages ?? all.Length));
        var before = at.Store.RateFactor;
        at.Store.RateFactor = path =>
            depths.TryGetValue(path, out var depth) ? Math.Pow(RateDecay, depth) : before(path);
    }

    /// <summary>The stage of each parameter of the network; those of its own classifiers have none.</summary>
    private static Dictionary<string, string> StagesOf(ParameterPath at, BackboneKind kind)
    {
        var (under, stage) = (at.Prefix + ".", "");
        var norms = at.Store.Buffers.Select(b => b.Path).ToHashSet(StringComparer.Ordinal);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, _) in at.Store.Parameters)
        {
            if (!path.StartsWith(under, StringComparison.Ordinal))
                continue;
            var key = path[under.Length..];
            if (kind.Classifiers.Concat(kind.Auxiliary).Any(p => key.StartsWith(p, StringComparison.Ordinal)))
                continue;
            var module = ModuleOf(key);
            if (stage.Length == 0 || !norms.Contains($"{under}{module}.running_mean"))
                stage = module;
            found[path] = stage;
        }
        return found;
    }

    private static string ModuleOf(string key)
    {
        var parts = key.Split('.');
        // What only holds the others together.
        return parts[0] is "features" or "blocks" ? $"{parts[0]}.{parts[1]}" : parts[0];
    }
}
