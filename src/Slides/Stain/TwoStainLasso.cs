using System.Numerics;
using System.Runtime.CompilerServices;

namespace Coverslip.Slides.Stain;

/// <summary>
/// Concentrations c ≥ 0 of two stains that minimize ½ ‖density − c₁ first − c₂ second‖² + λ (c₁ + c₂), in closed form:
/// the unbounded solution where it is positive; where one of its parts is not, the other stain alone.
/// </summary>
internal readonly record struct TwoStainLasso
{
    private readonly double offset1,
        offset2;

    /// <exception cref="StainException">The stains have one direction.</exception>
    internal TwoStainLasso(StainVector first, StainVector second, double sparsity)
    {
        var (ff, fs, ss) = (first.Dot(first), first.Dot(second), second.Dot(second));
        var determinant = (ff * ss) - (fs * fs);
        if (!(determinant > 1e-6 * ff * ss))
            throw new StainException("one stain only: the directions of two became one");
        First = Combine(first, ss / determinant, second, -fs / determinant);
        Second = Combine(second, ff / determinant, first, -fs / determinant);
        (offset1, offset2) = (sparsity * (ss - fs) / determinant, sparsity * (ff - fs) / determinant);
        (FirstFromSecond, SecondFromFirst) = ((float)(fs / ff), (float)(fs / ss));
    }

    /// <summary>The unbounded c₁ per density in R, G, B, before λ's part is taken off.</summary>
    internal StainVector First { get; }

    /// <summary>As <see cref="First"/>, of c₂.</summary>
    internal StainVector Second { get; }

    /// <summary>How much of c₂ the first stain takes over where it stands alone.</summary>
    internal float FirstFromSecond { get; }

    /// <summary>How much of c₁ the second stain takes over where it stands alone.</summary>
    internal float SecondFromFirst { get; }

    /// <summary>The solution without bounds, which is linear in the density but for λ's part.</summary>
    internal (double First, double Second) Unbounded(StainVector density) =>
        (First.Dot(density) - offset1, Second.Dot(density) - offset2);

    /// <summary>The solution without bounds of several colors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal (Vector<float> First, Vector<float> Second) Unbounded(Vector<float> r, Vector<float> g, Vector<float> b) =>
        (
            (r * (float)First.R) + (g * (float)First.G) + (b * (float)First.B) - new Vector<float>((float)offset1),
            (r * (float)Second.R) + (g * (float)Second.G) + (b * (float)Second.B) - new Vector<float>((float)offset2)
        );

    /// <summary>The solution within bounds from that without.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal (Vector<float> First, Vector<float> Second) Bound(Vector<float> first, Vector<float> second)
    {
        var zero = Vector<float>.Zero;
        var firstAlone = Vector.LessThan(second, zero);
        var secondAlone = Vector.LessThan(first, zero);
        var c1 = Vector.ConditionalSelect(firstAlone, first + (FirstFromSecond * second), first);
        var c2 = Vector.ConditionalSelect(secondAlone, second + (SecondFromFirst * first), second);
        return (Vector.Max(c1, zero), Vector.Max(c2, zero));
    }

    private static StainVector Combine(StainVector a, double times, StainVector b, double timesB) =>
        new((times * a.R) + (timesB * b.R), (times * a.G) + (timesB * b.G), (times * a.B) + (timesB * b.B));
}
