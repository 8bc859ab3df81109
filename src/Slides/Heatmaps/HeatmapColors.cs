namespace Coverslip.Slides.Heatmaps;

/// <summary>
/// Viridis, from dark purple (0) over blue-green (0.5) to yellow (1), which eyes without red or green tell apart: matplotlib's at nine
/// places (Smith and van der Walt 2015), linear between. The viewer's page has the same (<c>colors.ts</c>).
/// </summary>
public static class HeatmapColors
{
    /// <summary>In words, from 0 to 1.</summary>
    internal const string Words = "dark purple 0, blue-green 0.5, yellow 1";

    private static readonly (byte Red, byte Green, byte Blue)[] Anchors =
    [
        (68, 1, 84),
        (71, 45, 123),
        (59, 82, 139),
        (44, 114, 142),
        (33, 145, 140),
        (40, 174, 128),
        (94, 201, 98),
        (173, 220, 48),
        (253, 231, 37),
    ];

    /// <summary>The color of a probability from 0 to 1.</summary>
    public static (byte Red, byte Green, byte Blue) Of(float probability)
    {
        var place = Math.Clamp(probability, 0, 1) * (Anchors.Length - 1);
        var first = Math.Min((int)place, Anchors.Length - 2);
        var (from, to, share) = (Anchors[first], Anchors[first + 1], place - first);
        return (Blend(from.Red, to.Red, share), Blend(from.Green, to.Green, share), Blend(from.Blue, to.Blue, share));
    }

    /// <summary>A channel on the way from one color to another.</summary>
    public static byte Blend(byte from, byte to, float share) => (byte)MathF.Round(from + (share * (to - from)));
}
