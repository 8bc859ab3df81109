namespace Coverslip.Slides.Stain;

/// <summary>What 8-bit samples say about the density of a stain.</summary>
internal static class OpticalDensity
{
    /// <summary>
    /// [256] −ln(value / 255), at least 1e-6. 0, to which density has no limit, counts as 1, as in StainTools and
    /// TIAToolbox.
    /// </summary>
    internal static readonly double[] Of =
    [
        .. Enumerable.Range(0, 256).Select(v => Math.Max(-Math.Log(Math.Max(v, 1) / 255.0), 1e-6)),
    ];
}
