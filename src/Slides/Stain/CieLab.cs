using System.Numerics;
using System.Runtime.CompilerServices;

namespace Coverslip.Slides.Stain;

/// <summary>
/// CIE L*a*b* under D65 by way of the roots f(X/Xn), f(Y/Yn), f(Z/Zn), with OpenCV's matrices and white:
/// L* = 116 f(Y) − 16, a* = 500 (f(X) − f(Y)), b* = 200 (f(Y) − f(Z)).
/// </summary>
internal static class CieLab
{
    private const float WhiteX = 0.950456f,
        WhiteZ = 1.088754f;
    private const float Bend = 6f / 29; // of the root, below which f is a line

    /// <summary>The roots of linear light in R, G, B.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector<float> X, Vector<float> Y, Vector<float> Z) Roots(
        Vector<float> r,
        Vector<float> g,
        Vector<float> b
    ) =>
        (
            Root(((r * 0.412453f) + (g * 0.357580f) + (b * 0.180423f)) * (1 / WhiteX)),
            Root((r * 0.212671f) + (g * 0.715160f) + (b * 0.072169f)),
            Root(((r * 0.019334f) + (g * 0.119193f) + (b * 0.950227f)) * (1 / WhiteZ))
        );

    /// <summary>The linear light of roots; outside of 0 to 1 where no display shows the color.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector<float> R, Vector<float> G, Vector<float> B) Light(
        Vector<float> rootX,
        Vector<float> rootY,
        Vector<float> rootZ
    )
    {
        var (x, y, z) = (Cube(rootX) * WhiteX, Cube(rootY), Cube(rootZ) * WhiteZ);
        return (
            (x * 3.240479f) - (y * 1.53715f) - (z * 0.498535f),
            (y * 1.875991f) - (x * 0.969256f) + (z * 0.041556f),
            (x * 0.055648f) - (y * 0.204043f) + (z * 1.057311f)
        );
    }

    /// <summary>f: the cube root, and a line near 0; off by less than 3e-5 of its value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Root(Vector<float> value)
    {
        // A third of the exponent from the bits, within 4 %, and a step of Halley's method.
        var bits = Vector.ConvertToInt32(Vector.ConvertToSingle(Vector.AsVectorInt32(value)) * (1f / 3));
        var guess = Vector.AsVectorSingle(bits + new Vector<int>(709_921_077));
        var cube = guess * guess * guess;
        var root = guess * (cube + value + value) / (cube + cube + value);
        var line = (value * (1 / (3 * Bend * Bend))) + new Vector<float>(4f / 29);
        return Vector.ConditionalSelect(Vector.GreaterThan(value, new Vector<float>(Bend * Bend * Bend)), root, line);
    }

    /// <summary>What f makes the root of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Cube(Vector<float> root)
    {
        var line = (root - new Vector<float>(4f / 29)) * (3 * Bend * Bend);
        return Vector.ConditionalSelect(Vector.GreaterThan(root, new Vector<float>(Bend)), root * root * root, line);
    }
}
