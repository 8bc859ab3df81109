using System.Text.Json;
using Coverslip.Files;
using Coverslip.Learning.Augmentation;
using Coverslip.Tests;

namespace Coverslip.Learning.Tests.Augmentation;

/// <summary>Random colors against TensorFlow's formulas; the script that wrote the values stands beside them.</summary>
public sealed class ColorShiftTests
{
    [Fact]
    public void Colors_change_as_TensorFlow_changes_them()
    {
        var file = Path.Combine(TestData.Root, "tests", "Learning", "Augmentation", "golden", "tensorflow_colors.json");
        using var golden = JsonDocument.Parse(File.ReadAllBytes(file));
        foreach (var item in golden.RootElement.EnumerateArray())
        {
            float Number(string name) => item.GetProperty(name).GetSingle();
            byte[] colors = [.. item.GetProperty("pixels").EnumerateArray().Select(p => p.GetByte())];
            double[] expected = [.. item.GetProperty("expected").EnumerateArray().Select(p => p.GetDouble())];
            byte[] pixels = [.. colors.Chunk(3).SelectMany((c, i) => (byte[])[.. c, (byte)(i % 2)])];
            new ColorShift(Number("brightness"), Number("saturation"), Number("hue"), Number("contrast")).Apply(pixels);
            foreach (var (i, pixel) in pixels.Chunk(4).Index())
            {
                // To the nearest of 256 levels, and a little for floats.
                for (var c = 0; c < 3; c++)
                    Assert.Equal(expected[(3 * i) + c] * 255, pixel[c], 0.51);
                Assert.Equal(i % 2, pixel[3]); // the mask is no color
            }
        }
    }

    [Fact]
    public void Draws_stay_within_what_is_asked_for_and_reach_both_ends()
    {
        var options = new AugmentationOptions
        {
            Colors = ColorChange.TensorFlow,
            Brightness = 64 / 255.0,
            Saturation = 0.25,
            Hue = 0.04,
            Contrast = 0.75,
        };
        var drawn = Enumerable
            .Range(0, 4000)
            .Select(seed =>
            {
                var random = new SeededRandom(seed);
                return ColorShift.Draw(options, random);
            })
            .ToArray();
        Within(drawn.Select(d => d.Brightness), -64 / 255.0, 64 / 255.0);
        Within(drawn.Select(d => d.Saturation), 0.75, 1.25);
        Within(drawn.Select(d => d.Hue), -0.04, 0.04);
        Within(drawn.Select(d => d.Contrast), 0.25, 1.75);
    }

    private static void Within(IEnumerable<float> drawn, double low, double high)
    {
        var all = drawn.ToArray();
        var near = 0.01 * (high - low);
        Assert.InRange(all.Min(), low - 1e-6, low + near);
        Assert.InRange(all.Max(), high - near, high + 1e-6);
        Assert.Equal((low + high) / 2, all.Average(), 0.03 * (high - low));
    }
}
