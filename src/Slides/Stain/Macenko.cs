using MathNet.Numerics.LinearAlgebra;

namespace Coverslip.Slides.Stain;

/// <summary>
/// The stains as the outermost directions in the plane of most variance (Macenko et al. 2009).
/// </summary>
internal static class Macenko
{
    /// <summary>How much of the tissue lies beyond either direction, of 1, as in StainTools and TIAToolbox.</summary>
    private const double Tail = 0.01;

    /// <summary>Steps of the angle from −π to π: 0.005° each.</summary>
    private const int Steps = 1 << 16;

    /// <summary>
    /// Rounding to 8 bits spreads one stain to 2 or 3°; real patches of 50 × 50 pixels have 6° and more.
    /// </summary>
    private const double LeastDegreesApart = 4;

    /// <exception cref="StainException">Both directions are one.</exception>
    internal static StainMatrix Estimate(TissueColors tissue)
    {
        var covariance = Matrix<double>.Build.DenseOfArray(tissue.Moments.Covariance);
        var axes = covariance.Evd(Symmetricity.Symmetric).EigenVectors; // columns, by rising variance
        var (first, second) = (Axis(axes, 2), Axis(axes, 1));

        var shares = new double[Steps];
        for (var i = 0; i < tissue.Count; i++)
        {
            var density = new StainVector(tissue.R[i], tissue.G[i], tissue.B[i]);
            var angle = Math.Atan2(density.Dot(second), density.Dot(first));
            shares[Math.Clamp((int)((angle + Math.PI) / Math.Tau * Steps), 0, Steps - 1)] += tissue.Weight[i];
        }
        StainVector At(double share)
        {
            var angle = (Percentile.Of(shares, share) / Steps * Math.Tau) - Math.PI;
            var (sin, cos) = Math.SinCos(angle);
            return new StainVector(
                (cos * first.R) + (sin * second.R),
                (cos * first.G) + (sin * second.G),
                (cos * first.B) + (sin * second.B)
            );
        }
        var (low, high) = (At(Tail), At(1 - Tail));
        var (haematoxylin, eosin) = low.R > high.R ? (low, high) : (high, low); // as StainTools names them
        return StainMatrix.Of(haematoxylin, eosin, LeastDegreesApart);
    }

    // An eigenvector's sign is arbitrary; this one makes the angles of real densities lie around 0.
    private static StainVector Axis(Matrix<double> axes, int column)
    {
        var sign = axes[0, column] < 0 ? -1 : 1;
        return new StainVector(sign * axes[0, column], sign * axes[1, column], sign * axes[2, column]);
    }
}
