using System.Numerics;
using Coverslip.Slides.Stain;

namespace Coverslip.Slides.Tests.Stain;

public sealed class LabStatisticsTests
{
    // Lindbloom's figures for sRGB under D65; black and a dark gray lie where f is a line.
    [Theory]
    [InlineData(255, 255, 255, 100, 0, 0)]
    [InlineData(255, 0, 0, 53.24, 80.09, 67.20)]
    [InlineData(0, 255, 0, 87.73, -86.18, 83.18)]
    [InlineData(0, 0, 255, 32.30, 79.19, -107.86)]
    [InlineData(10, 10, 10, 2.74, 0, 0)]
    [InlineData(0, 0, 0, 0, 0, 0)]
    public void Lab_of_known_colors_and_back(byte r, byte g, byte b, double l, double a, double bb)
    {
        static Vector<float> Light(byte value) => new((float)LinearLight.Of[value]);
        var (x, y, z) = CieLab.Roots(Light(r), Light(g), Light(b));
        Assert.Equal(l, (116 * y[0]) - 16, 0.05);
        Assert.Equal(a, 500 * (x[0] - y[0]), 0.1);
        Assert.Equal(bb, 200 * (y[0] - z[0]), 0.1);
        var back = CieLab.Light(x, y, z);
        Assert.Equal(LinearLight.Of[r], back.R[0], 2e-4);
        Assert.Equal(LinearLight.Of[g], back.G[0], 2e-4);
        Assert.Equal(LinearLight.Of[b], back.B[0], 2e-4);
    }

    [Fact]
    public void Every_value_survives_linear_light()
    {
        for (var value = 0; value < 256; value++)
            Assert.Equal(value, LinearLight.Values[(int)((LinearLight.Of[value] * LinearLight.LastStep) + 0.5)]);
    }

    [Fact]
    public void Two_colors_that_share_a_channel_give_nothing_to_stretch()
    {
        var reasons = new List<string>();
        for (var red = 80; red < 250; red += 4)
        {
            using var image = StainImages.Plain(180, 100, 150, side: 8);
            for (var i = 0; i < image.ByteCount; i += 6)
                (image.WritablePixels[i], image.WritablePixels[i + 1]) = ((byte)red, 120);
            using var histogram = ColorHistogram.Of(image);
            try
            {
                var deviation = LabStatistics.Of(histogram).Deviation;
                Assert.All(deviation, d => Assert.True(d >= 0.1, "too little to divide by"));
            }
            catch (StainException error)
            {
                reasons.Add(error.Message);
            }
        }
        Assert.Collection(
            reasons,
            one => Assert.StartsWith("L* is the same nearly everywhere", one),
            other => Assert.StartsWith("b* is the same nearly everywhere", other)
        );
    }
}
