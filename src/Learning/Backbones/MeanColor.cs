using Coverslip.Torch;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// No published network but what those are to beat: of each image the means and deviations of red, green and blue, as a map of
/// one cell and six channels. It has nothing to learn, so that what stands on it is a regression of color.
/// </summary>
internal sealed class MeanColor : IBackbone
{
    private const double Spread = 4; // of images in [−1, 1]; brings what images differ by to about 1
    private const double Least = 1e-6; // of a variance, whose root has no slope at 0
    private const string Stage = "colors";

    internal static BackboneKind Kind { get; } =
        new("mean-color", (_, _) => new MeanColor(), _ => 1) { Scale = InputScale.Symmetric };

    public int Channels => 6;

    public IReadOnlyList<string> Stages => [Stage];

    public BackboneOutput Forward(Tensor x, Action<string, Tensor>? seen = null)
    {
        var map = StageList.Scoped(Colors, x);
        seen?.Invoke(Stage, map);
        return new BackboneOutput(map, null, []);
    }

    /// <summary>[B, 3, H, W] → [B, 6, 1, 1].</summary>
    private static Tensor Colors(Tensor x)
    {
        var mean = x.Mean([2, 3], keep: true);
        var deviation = ((x - mean).Square().Mean([2, 3], keep: true) + Least).Sqrt();
        return Tensor.Cat([mean, deviation], 1) * Spread;
    }
}
