using System.Globalization;

namespace Coverslip.Slides.Annotations;

/// <summary>A color without transparency.</summary>
public readonly record struct RgbColor(byte R, byte G, byte B)
{
    /// <summary>From <c>#F4FA58</c>, as ASAP writes it.</summary>
    public static RgbColor? FromHex(string text) =>
        text is ['#', _, _, _, _, _, _]
        && int.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rgb)
            ? FromRgb(rgb)
            : null;

    /// <summary>From 0x00RRGGBB; QuPath's older <c>colorRGB</c> has opacity in the uppermost byte.</summary>
    public static RgbColor FromRgb(int rgb) => new((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb);

    /// <summary>From Aperio's LineColor, whose lowest byte is red.</summary>
    public static RgbColor FromBgr(int bgr) => new((byte)bgr, (byte)(bgr >> 8), (byte)(bgr >> 16));

    public int ToBgr() => R | (G << 8) | (B << 16);

    /// <summary>As ASAP writes it.</summary>
    public override string ToString() => $"#{R:x2}{G:x2}{B:x2}";
}
