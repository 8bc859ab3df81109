using Coverslip.Learning.Models;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Tests.Models;

public sealed class ActivationOverlayTests : IDisposable
{
    /// <summary>Those of versions before, from 0 to 1.</summary>
    private static readonly (byte Red, byte Green, byte Blue)[] Before =
    [
        (49, 54, 149),
        (116, 173, 209),
        (255, 255, 191),
        (244, 109, 67),
        (165, 0, 38),
    ];

    private readonly string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.png");

    public void Dispose() => File.Delete(file);

    [Theory]
    [InlineData(0)]
    [InlineData(128)]
    [InlineData(255)]
    public void Maps_of_versions_before_are_told_by_their_colors_over_any_gray(byte gray)
    {
        Assert.True(ActivationOverlay.HasTodaysColors(Drawn(gray, HeatmapColors.Of)));
        Assert.False(ActivationOverlay.HasTodaysColors(Drawn(gray, OfBefore)));
        Assert.True(ActivationOverlay.HasTodaysColors(Drawn(gray, _ => (gray, gray, gray)))); // nothing was drawn
    }

    private static (byte, byte, byte) OfBefore(float share)
    {
        var first = Math.Min((int)(share * 4), 3);
        var (from, to, along) = (Before[first], Before[first + 1], (share * 4) - first);
        return (
            HeatmapColors.Blend(from.Red, to.Red, along),
            HeatmapColors.Blend(from.Green, to.Green, along),
            HeatmapColors.Blend(from.Blue, to.Blue, along)
        );
    }

    /// <summary>A pixel to each share of the maximum, as opaque as an overlay has it.</summary>
    private string Drawn(byte gray, Func<float, (byte Red, byte Green, byte Blue)> color)
    {
        using var picture = new Image(101, 1, channels: 3);
        for (var i = 0; i <= 100; i++)
        {
            var ((red, green, blue), cover) = (color(i / 100f), 0.6f * i / 100);
            byte[] pixel =
            [
                HeatmapColors.Blend(gray, red, cover),
                HeatmapColors.Blend(gray, green, cover),
                HeatmapColors.Blend(gray, blue, cover),
            ];
            pixel.CopyTo(picture.WritablePixels[(3 * i)..]);
        }
        ImageFile.Write(file, picture);
        return file;
    }
}
