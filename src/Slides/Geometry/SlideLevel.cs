namespace Coverslip.Slides.Geometry;

/// <summary>One level of a slide's pyramid; level 0 is the finest.</summary>
/// <param name="Index">Its place, finest first.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="DownsampleX">Columns of level 0 to one of this level.</param>
/// <param name="DownsampleY">Rows of level 0 to one of this level.</param>
public sealed record SlideLevel(int Index, long Width, long Height, double DownsampleX, double DownsampleY)
{
    /// <summary>Of a level of these sizes under a finest level of those.</summary>
    public static SlideLevel Of(int index, (long Width, long Height) size, (long Width, long Height) finest) =>
        new(index, size.Width, size.Height, Ratio(finest.Width, size.Width), Ratio(finest.Height, size.Height));

    // A pyramid halves its sides and rounds them: 15,541 becomes 7,770 and then 3,885, and its pixels stay 2 and 4
    // apart. Where rounding explains the quotient, the whole number is meant.
    private static double Ratio(long finest, long here)
    {
        var quotient = (double)finest / here;
        var whole = Math.Max(1, (long)Math.Round(quotient));
        return here == finest / whole || here == (finest + whole - 1) / whole ? whole : quotient;
    }
}
