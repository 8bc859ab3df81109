using Coverslip.Learning.Backbones;
using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.SagaNet;

/// <summary>
/// A residual network that has learned before, in place of the first gated convolution: the paper's mechanisms on top of
/// features of photographs. Not in the paper.
/// </summary>
internal sealed record StemOptions
{
    /// <summary>What <c>network.stem</c> calls the paper's own stem.</summary>
    public const string Own = "own";

    /// <summary>Which network.</summary>
    public required BackboneKind Kind { get; init; }

    /// <summary>How many of its four layers stand below the gated blocks; 2 by default: maps of an eighth.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>File of its weights, or a name that <see cref="WeightsFolder"/> knows; empty: random ones.</summary>
    public string Weights { get; init; } = "";

    /// <summary>How much of it is trained, and how fast; all, as fast as the rest, by default.</summary>
    public FineTuning FineTuning { get; init; } = new();

    /// <summary>How many pixels of the input one of the map stands for, in each direction.</summary>
    public int Step => 4 << (Layers - 1);

    /// <summary>What of the network is built.</summary>
    public BackboneOptions Shape => new() { Classes = 0, Layers = Layers };

    /// <summary>Reads the keys of the section <c>network</c>; null where the stem is the paper's.</summary>
    /// <exception cref="RecipeException">A key of the other kind of stem.</exception>
    public static StemOptions? Read(RecipeNode node)
    {
        var name = node.Name(
            "stem",
            Own,
            [Own, .. KnownBackbones.All.Where(k => k.HasLayers).Select(k => k.Name)],
            "What stands below the gated blocks: the first gated convolution (own), or a residual network that has learned before"
        );
        var layers = node.Int("stem_layers", 2, (1, 4), "Of such a network, how many of its four layers");
        var weights = node.Text(
            "weights",
            name == Own ? "" : name,
            "Of such a network, a file of published weights, or a name such as resnet-18 whose file coverslip encoders shows; the network's own name by default; empty: random ones"
        );
        var tuning = FineTuning.Read(node, weights);
        // What is written out as it would be anyway is no contradiction.
        (string Key, string Standard)[] others =
            name == Own
                ? [("stem_layers", "2"), ("weights", ""), ("trainable", "all"), ("rate_decay", "1")]
                : [("stem_filters", "64"), ("stem_stride", "2")];
        foreach (var (key, standard) in others)
        {
            if (node.Peek(key) is { } value && value != standard)
                throw node.Wrong(
                    key,
                    value,
                    name == Own
                        ? "network.stem is own, which starts from random numbers; set network.stem: resnet-18, or leave it out"
                        : $"network.stem is {name}, which decides it; leave {key} out"
                );
        }
        return name == Own
            ? null
            : new StemOptions
            {
                Kind = KnownBackbones.Named(name),
                Layers = layers,
                Weights = weights,
                FineTuning = tuning,
            };
    }
}
