using Coverslip.Learning.Backbones;
using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>The keys of the section <c>network</c> that say what is built.</summary>
internal static class SegmentationShape
{
    private const string Own = "own";

    /// <summary>Reads them.</summary>
    /// <exception cref="RecipeException">With an encoder, a key that the encoder decides.</exception>
    internal static UNetOptions Read(RecipeNode node)
    {
        var name = node.Name(
            "encoder",
            Own,
            [Own, .. EncoderUNet.Encoders],
            "The contracting path: the U-Net's own, or a residual network that may start from published weights"
        );
        var encoder = name == Own ? null : KnownBackbones.Named(name);
        if (
            encoder is not null
            && new[] { "width", "depth", "normalize", "dropout" }.FirstOrDefault(k => node.Peek(k) is not null)
                is { } key
        )
            throw node.Wrong(key, node.Peek(key)!, $"network.encoder is {name}, which decides it; leave {key} out");
        var depth = node.Int("depth", 4, (1, 8), "How often the U-Net halves its input");
        return new UNetOptions
        {
            Encoder = encoder,
            Width = node.Int("width", 64, (1, 1024), "Channels of the outermost level"),
            Depth = depth,
            Normalize = node.Flag("normalize", false, "Batch normalization"),
            Dropout = node.Number("dropout", 0, (0, 0.95), "Dropout at the two deepest levels"),
            WithoutSkip = Levels(
                node.Ints(
                    "without_skips",
                    [0],
                    (0, depth - 1),
                    "Levels whose skip connections pre-training does without, 0 the outermost",
                    "Pasumarthi & Jaiswal, sec. III.3"
                )
            ),
            Output = SelfSupervisedNetwork.Maps,
        };
    }

    internal static IReadOnlyList<int> Levels(IReadOnlyList<int> levels) => [.. levels.Distinct().Order()];
}
