namespace Coverslip.Evaluation.Detection;

/// <summary>A lesion of a <see cref="LesionMap"/>.</summary>
/// <param name="Pixels">Its pixels of the mask.</param>
/// <param name="MajorAxis">
/// In pixels of the mask: the major axis of the ellipse with the same second moments of the pixels' centers, 4 √λ with
/// λ the larger eigenvalue of their covariance, as scikit-image's <c>axis_major_length</c>.
/// </param>
/// <param name="Isolated">Whether it counts as isolated tumor cells.</param>
public sealed record Lesion(long Pixels, double MajorAxis, bool Isolated);

/// <summary>Sums over the pixels of a piece, exact in whole numbers.</summary>
internal struct PixelMoments
{
    private Int128 x,
        y,
        xx,
        xy,
        yy;

    internal long Pixels { get; private set; }

    /// <summary>Adds the pixels [start, end) of row <paramref name="row"/>.</summary>
    internal void Add(long start, long end, long row)
    {
        var pixels = end - start;
        Int128 sum = (start + end - 1) * pixels / 2;
        Pixels += pixels;
        x += sum;
        y += row * pixels;
        xx += Squares(end) - Squares(start);
        xy += sum * row;
        yy += (Int128)(row * row) * pixels;
    }

    /// <summary>See <see cref="Lesion"/>.</summary>
    internal readonly double MajorAxis()
    {
        var square = (double)Pixels * Pixels;
        var varianceX = (double)(xx * Pixels - x * x) / square;
        var varianceY = (double)(yy * Pixels - y * y) / square;
        var covariance = (double)(xy * Pixels - x * y) / square;
        var half = (varianceX - varianceY) / 2;
        return 4 * Math.Sqrt((varianceX + varianceY) / 2 + Math.Sqrt(half * half + covariance * covariance));
    }

    // 0² + 1² + … + (end − 1)²
    private static Int128 Squares(Int128 end) => (end - 1) * end * (2 * end - 1) / 6;
}
