using Coverslip.Learning.Backbones;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Recipes;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Runs;

/// <summary>A run of ours as the source of weights: pre-training on another cohort.</summary>
public static class EarlierRun
{
    /// <summary>Whether <c>network.weights</c> names a run folder or a packed model.</summary>
    public static bool Is(string weights) =>
        Directory.Exists(WeightsFolder.Resolve(weights))
        || Path.GetExtension(weights).Equals(".coverslip", StringComparison.OrdinalIgnoreCase);

    /// <summary>Fills a network below its head with published weights, or with those of another run.</summary>
    /// <param name="at">Where the network was born.</param>
    /// <param name="network">What it is.</param>
    /// <param name="shape">As it was built.</param>
    /// <param name="weights">A file, a name, a run's folder, or the file packed of it.</param>
    /// <exception cref="TorchException">They do not fit; the message lists the keys.</exception>
    /// <exception cref="RecipeException">The run has another network, another scaling, or several parts.</exception>
    public static void Fill(ParameterPath at, BackboneNetworkOptions network, BackboneOptions shape, string weights)
    {
        if (Is(weights))
            Load(at, network, weights);
        else
            PublishedWeights.Load(at, network.Kind, shape, weights);
    }

    /// <summary>Fills a network with what the earlier run's network learned below its classifier.</summary>
    /// <param name="at">Where the network was born.</param>
    /// <param name="network">What it is.</param>
    /// <param name="weights">The run's folder, or the file packed of it.</param>
    /// <exception cref="RecipeException">The run has another network, another scaling, or several parts.</exception>
    public static void Load(ParameterPath at, BackboneNetworkOptions network, string weights)
    {
        var run = StoredRun.Open(weights);
        if (NetworkOf(run) is not { } earlier)
            throw new RecipeException($"network.weights is '{weights}', a run of a method without a published network");
        if (earlier.Kind != network.Kind || earlier.Width != network.Width || earlier.Auxiliary != network.Auxiliary)
            throw new RecipeException(
                $"network.weights is '{weights}', a run of {Named(earlier)}; this recipe builds {Named(network)}"
            );
        if (earlier.ScalesAsPublished != network.ScalesAsPublished)
            throw new RecipeException(
                $"network.weights is '{weights}', whose images were scaled {(earlier.ScalesAsPublished ? "as published" : "to [0, 1]")}; set network.scaling: {(earlier.ScalesAsPublished ? "published" : "unit")}"
            );
        if (run.Parts.Count > 1)
            throw new RecipeException(
                $"network.weights is '{weights}', a run of {run.Parts.Count} parts, each with weights of its own; train it with --part 1 on a split of one part"
            );
        using var scope = new TensorScope();
        at.Load(RunFolder.Under(run.Weights(0, Device.Cpu), "backbone."), _ => false);
    }

    /// <summary>The network that a run's recipe names; null where the method has none of the published ones.</summary>
    private static BackboneNetworkOptions? NetworkOf(StoredRun run)
    {
        var network = RecipeNode.Parse(run.RecipeText, run.Path).Section("network");
        return KnownBackbones.All.Any(k => k.Name == network.Peek("name"))
            ? network.ReadSome(BackboneNetworkOptions.Read)
            : null;
    }

    private static string Named(BackboneNetworkOptions network) =>
        FormattableString.Invariant($"{network.Kind.Name}, width {network.Width}")
        + (network.Auxiliary ? ", with auxiliary classifiers" : "");
}
