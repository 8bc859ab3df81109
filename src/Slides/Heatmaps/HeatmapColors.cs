namespace Coverslip.Slides.Heatmaps;

/// <summary>
/// Blue (0) over pale yellow (0.5) to red (1), linear between: the middle is where a detection begins by default.
/// </summary>
public static class HeatmapColors
{
    private static readonly (byte Red, byte Green, byte Blue)[] Anchors =
    [
        (49, 54, 149),
        (116, 173, 209),
        (255, 255, 191),
        (244, 109, 67),
        (165, 0, 38),
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
