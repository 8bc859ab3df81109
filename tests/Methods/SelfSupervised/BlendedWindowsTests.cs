using Coverslip.Learning.Backbones;
using Coverslip.Methods.SelfSupervised;
using Coverslip.Phantoms;
using Coverslip.Slides.Images;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.SelfSupervised;

/// <summary>Windows that overlap, as one picture.</summary>
[NoTensorLeaks]
public sealed class BlendedWindowsTests
{
    private const int Side = 64;

    /// <summary>
    /// Where windows begin and end, probabilities change by no more than elsewhere: with a network of random weights, whose
    /// borders show plainly where windows are laid edge to edge.
    /// </summary>
    [Fact]
    public void The_mean_gradient_across_borders_of_windows_is_at_most_a_twentieth_above_that_elsewhere()
    {
        using var phantom = PatchPhantom.Paint(new PatchPhantomOptions { Size = 512 }, 4);
        var (blended, tiled) = (RatiosOf(phantom.Image, Side / 2), RatiosOf(phantom.Image, Side));
        Assert.InRange(blended.All, 0, 1.05);
        Assert.InRange(blended.SamePhase, 0, 1.05);
        Assert.True(
            tiled.SamePhase > 1.5,
            $"side by side borders have {tiled} times the gradient: the measure would not notice any"
        );
    }

    [Fact]
    public void Rows_asked_for_from_the_middle_on_are_those_of_the_whole()
    {
        using var phantom = PatchPhantom.Paint(new PatchPhantomOptions { Size = 150 }, 5);
        using var network = Network();
        var (whole, rest) = (Rows(network, phantom.Image, 32, 0), Rows(network, phantom.Image, 32, 77));
        Assert.Equal(whole.Skip(77 * 150), rest);
        Assert.All(whole, p => Assert.InRange(p, 0, 1));
    }

    [Fact]
    public void What_no_wanted_window_shows_has_no_probability()
    {
        using var phantom = PatchPhantom.Paint(new PatchPhantomOptions { Size = 128 }, 6);
        using var network = Network();
        var picture = Picture(phantom.Image) with { Wanted = (x, y) => (x, y) == (64, 0) };
        var rows = new BlendedWindows(Predictor(network), new WindowLayout(Side, 64, 2, false)).Of(picture).ToArray();
        float[] all = [.. rows.SelectMany(r => r.Probability.ToArray())];
        Assert.Equal(128 * 128, all.Length);
        for (var i = 0; i < all.Length; i++)
            Assert.Equal(i % 128 >= 64 && i / 128 < 64, !float.IsNaN(all[i]));
    }

    private static SelfSupervisedNetwork Network()
    {
        TorchRuntime.Seed(8);
        var network = new SelfSupervisedNetwork(new UNetOptions { Width = 8, Depth = 3 }, new());
        // Maps that are nowhere zero show where a convolution meets the zeros around a window.
        using var off = new NoGradient();
        foreach (var (path, value) in network.Store.All)
            if (path.Contains("conv", StringComparison.Ordinal) && path.EndsWith("bias", StringComparison.Ordinal))
                value.FillInPlace(1);
        return network;
    }

    private static SegmentationPredictor Predictor(SelfSupervisedNetwork network) =>
        new([network], SmallMasks.Recipe("input: {width: 64, height: 64}"));

    private static WindowedPicture Picture(Image image) =>
        new(image.Width, image.Height, (x, y) => Transforms.Crop(image, x, y, Side, Side));

    private static float[] Rows(SelfSupervisedNetwork network, Image image, int stride, int first) =>
        [
            .. new BlendedWindows(Predictor(network), new WindowLayout(Side, stride, 4, false))
                .Of(Picture(image), first)
                .SelectMany(r => r.Probability.ToArray()),
        ];

    /// <summary>
    /// Mean change of probability from pixel to pixel across borders of windows, over that elsewhere; and over that elsewhere
    /// at columns that lie alike among the cells of the deepest level, for within a cell changes differ from place to place.
    /// </summary>
    private static (double All, double SamePhase) RatiosOf(Image image, int stride)
    {
        using var network = Network();
        var p = Rows(network, image, stride, 0);
        double[] sums = [0, 0, 0],
            counts = [0, 0, 0];
        for (var y = 0; y < image.Height; y++)
        for (var x = 1; x < image.Width; x++)
        {
            var kind =
                x % stride == 0 ? 0
                : x % 8 == 0 ? 1
                : 2;
            sums[kind] += Math.Abs(p[(y * image.Width) + x] - p[(y * image.Width) + x - 1]);
            counts[kind]++;
        }
        var border = sums[0] / counts[0];
        return (border * (counts[1] + counts[2]) / (sums[1] + sums[2]), border * counts[1] / sums[1]);
    }
}
