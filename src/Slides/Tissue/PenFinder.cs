using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tissue;

/// <summary>
/// Finds felt-tip ink: blue and green take more of red than of green light, which neither haematoxylin nor eosin does, and
/// black takes all alike. Red ink looks like eosin and is not found.
/// </summary>
internal static class PenFinder
{
    private const double LeastArea = 0.002; // mm²

    /// <summary>The least part of a line that is ink beyond doubt; the rest is paler, or lies on tissue.</summary>
    private const double LeastSure = 0.15;

    /// <summary>More of a slide's color than this is a stain: blue nuclei beside brown ones, for instance.</summary>
    private const double MostOfColor = 0.3;

    /// <summary>[H · W] whether a pixel is ink, by one pixel more to each side.</summary>
    /// <param name="picture">RGB.</param>
    /// <param name="pixelArea">In square microns.</param>
    public static bool[] Find(Image picture, double pixelArea)
    {
        var (width, height) = (picture.Width, picture.Height);
        var ink = new bool[width * height];
        using var mask = new Image(width, height, channels: 1);
        var sure = new bool[ink.Length];
        var (any, colored) = (0, 0);
        for (var i = 0; i < ink.Length; i++)
        {
            var (kind, hasColor) = KindOf(picture.Pixels.Slice(3 * i, 3));
            mask.WritablePixels[i] = kind > 0 ? byte.MaxValue : (byte)0;
            sure[i] = kind == 2;
            (any, colored) = (any + (kind == 2 ? 1 : 0), colored + (hasColor ? 1 : 0));
        }
        if (any == 0)
            return ink;
        var pieces = Components.Find(mask);
        var areas = pieces.Areas();
        var sures = new int[areas.Length];
        for (var i = 0; i < sure.Length; i++)
            sures[pieces.Labels[i]] += sure[i] ? 1 : 0;
        bool IsLine(int label) =>
            label > 0 && sures[label] * pixelArea >= LeastArea * 1e6 && sures[label] >= LeastSure * areas[label];
        var found = 0L;
        for (var label = 1; label < areas.Length; label++)
            found += IsLine(label) ? areas[label] : 0;
        if (found == 0 || found > MostOfColor * colored)
            return ink;
        return ArtifactMap.Widened([.. pieces.Labels.Select(IsLine)], width);
    }

    /// <summary>0 no ink, 1 ink beside ink, 2 ink; and whether the pixel has any color, or is dark.</summary>
    private static (int Kind, bool HasColor) KindOf(ReadOnlySpan<byte> pixel)
    {
        var (r, g, b) = (pixel[0], pixel[1], pixel[2]);
        var (most, least) = (Math.Max(r, Math.Max(g, b)), Math.Min(r, Math.Min(g, b)));
        var kind =
            (g - r >= 8 && most - r >= 60) || (most < 100 && most - least < 30) ? 2
            : (r < 110 && g - r > -30) || (g - r >= 4 && most - r >= 15) || (most < 130 && most - least < 40) ? 1
            : 0;
        return (kind, most - least > 25 || most < 130);
    }
}
