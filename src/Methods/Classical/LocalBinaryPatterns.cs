using System.Numerics;
using Coverslip.Learning.Features;

namespace Coverslip.Methods.Classical;

/// <summary>
/// Shares of pixels by uniform, rotation-invariant local binary pattern of the gray image (Ojala, Pietikäinen &amp;
/// Mäenpää 2002, IEEE TPAMI 24:971, eq. 9: LBP^riu2): how many points of a circle around the pixel are not darker than
/// it, or <c>points + 1</c> where the circle changes between darker and brighter more than twice.
/// </summary>
/// <param name="points">Points on the circle, 4 to 24.</param>
/// <param name="radius">The circle's radius in pixels, at least 1.</param>
internal sealed class LocalBinaryPatterns(int points, double radius) : IImageFeatures
{
    internal const string Word = "lbp";

    /// <summary>
    /// Gray levels that rounding of an interpolated value cannot reach: a flat area is not darker than itself.
    /// </summary>
    private const double Rounding = 1e-6;

    private readonly CirclePoint[] circle =
    [
        .. Enumerable.Range(0, points).Select(i => CirclePoint.At(Math.Tau * i / points, radius)),
    ];

    public string Name => Word;

    public int Count => points + 2;

    /// <summary>
    /// [points + 2] shares of the pixels whose whole circle lies in the image and on valid pixels.
    /// </summary>
    public double[] Describe(PatchPixels image)
    {
        var shares = new double[Count];
        var counted = 0;
        foreach (var code in Codes(image))
        {
            if (code < 0)
                continue;
            shares[code]++;
            counted++;
        }
        for (var i = 0; i < shares.Length && counted > 0; i++)
            shares[i] /= counted;
        return shares;
    }

    /// <summary>[H · W] patterns, 0 to points + 1; −1 where the circle leaves the image or the valid area.</summary>
    internal int[] Codes(PatchPixels image)
    {
        var gray = image.Gray();
        var codes = new int[gray.Length];
        Array.Fill(codes, -1);
        var margin = (int)Math.Ceiling(radius);
        for (var y = margin; y < image.Height - margin; y++)
        for (var x = margin; x < image.Width - margin; x++)
            codes[y * image.Width + x] = Code(image, gray, y * image.Width + x);
        return codes;
    }

    private int Code(PatchPixels image, byte[] gray, int at)
    {
        if (!image.IsValid(at))
            return -1;
        var bits = 0u;
        for (var i = 0; i < circle.Length; i++)
        {
            var point = circle[i];
            if (!point.IsValid(image, at))
                return -1;
            if (point.Value(gray, image.Width, at) >= gray[at] - Rounding)
                bits |= 1u << i;
        }
        // The circle, turned by one point: where it differs, it changes.
        var turned = (bits >> 1) | ((bits & 1) << (points - 1));
        return BitOperations.PopCount(bits ^ turned) <= 2 ? BitOperations.PopCount(bits) : points + 1;
    }

    /// <summary>
    /// A point between four pixels, relative to the center: its upper left pixel, and how far on it lies.
    /// </summary>
    private readonly record struct CirclePoint(int Row, int Column, double Down, double Right)
    {
        internal static CirclePoint At(double angle, double radius)
        {
            // Rounded, so that points that lie on a pixel are exactly there.
            var (y, x) = (Math.Round(-radius * Math.Sin(angle), 5), Math.Round(radius * Math.Cos(angle), 5));
            var (row, column) = ((int)Math.Floor(y), (int)Math.Floor(x));
            return new CirclePoint(row, column, y - row, x - column);
        }

        internal double Value(byte[] gray, int width, int at)
        {
            var first = at + Row * width + Column;
            var (below, beside) = (Down > 0 ? width : 0, Right > 0 ? 1 : 0);
            var top = (1 - Right) * gray[first] + Right * gray[first + beside];
            var bottom = (1 - Right) * gray[first + below] + Right * gray[first + below + beside];
            return (1 - Down) * top + Down * bottom;
        }

        internal bool IsValid(PatchPixels image, int at)
        {
            var first = at + Row * image.Width + Column;
            var (below, beside) = (Down > 0 ? image.Width : 0, Right > 0 ? 1 : 0);
            return image.IsValid(first)
                && image.IsValid(first + beside)
                && image.IsValid(first + below)
                && image.IsValid(first + below + beside);
        }
    }
}
