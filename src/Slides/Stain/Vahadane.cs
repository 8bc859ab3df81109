using System.Numerics;

namespace Coverslip.Slides.Stain;

/// <summary>
/// The stains as the dictionary of a sparse non-negative factorization (Vahadane et al. 2016):
/// min ½ ‖V − WH‖² + λ ‖H‖₁ with W, H ≥ 0 and columns of W in the unit ball. V, the tissue's densities, is its colors
/// with their weights; H is found exactly, W as by Mairal et al. 2010 (algorithm 2), in turn until W stands still.
/// </summary>
internal static class Vahadane
{
    /// <summary>λ, as in StainTools and TIAToolbox.</summary>
    private const float Sparsity = 0.1f;

    private const int MostRounds = 1000;

    /// <summary>
    /// The largest change of a component that counts as standing still; real images take 50 to 150 rounds.
    /// </summary>
    private const double StandsStill = 1e-5;

    // Where the search starts: haematoxylin and eosin of Ruifrok & Johnston 2001. Random starts end at the same place.
    private static readonly StainVector Haematoxylin = new StainVector(0.65, 0.70, 0.29).Unit();
    private static readonly StainVector Eosin = new StainVector(0.07, 0.99, 0.11).Unit();

    /// <exception cref="StainException">There is but one stain.</exception>
    internal static StainMatrix Estimate(TissueColors tissue)
    {
        var (first, second) = (Haematoxylin, Eosin);
        for (var round = 0; round < MostRounds; round++)
        {
            var sums = Sums.Of(tissue, first, second);
            if (sums.FirstFirst < 1e-9 || sums.SecondSecond < 1e-9)
                throw new StainException("one stain only: it explains the densities without a second one");
            var nextFirst = Atom(first, sums.FirstDensity, sums.FirstFirst, sums.FirstSecond, second);
            var nextSecond = Atom(second, sums.SecondDensity, sums.SecondSecond, sums.FirstSecond, nextFirst);
            var change = Math.Max(Change(first, nextFirst), Change(second, nextSecond));
            (first, second) = (nextFirst, nextSecond);
            if (change < StandsStill)
                break;
        }
        // Haematoxylin takes more red than blue when compared with eosin. StainTools compares red alone, which is the
        // same on most images, and not where both take about as much.
        return first.R * second.B >= second.R * first.B ? StainMatrix.Of(first, second) : StainMatrix.Of(second, first);
    }

    /// <summary>The column of W that is best while the other stays, cut to the unit ball.</summary>
    private static StainVector Atom(
        StainVector atom,
        StainVector withDensity,
        double withItself,
        double withOther,
        StainVector other
    )
    {
        double Best(double at, double density, double others) =>
            Math.Max(0, at + ((density - (withItself * at) - (withOther * others)) / withItself));
        var best = new StainVector(
            Best(atom.R, withDensity.R, other.R),
            Best(atom.G, withDensity.G, other.G),
            Best(atom.B, withDensity.B, other.B)
        );
        return best.Length > 1 ? best.Unit() : best;
    }

    private static double Change(StainVector a, StainVector b) =>
        Math.Max(Math.Abs(a.R - b.R), Math.Max(Math.Abs(a.G - b.G), Math.Abs(a.B - b.B)));

    /// <summary>Weighted sums over colors of the products of concentrations, and of these with densities.</summary>
    private readonly record struct Sums(
        double FirstFirst,
        double FirstSecond,
        double SecondSecond,
        StainVector FirstDensity,
        StainVector SecondDensity
    )
    {
        internal static Sums Of(TissueColors tissue, StainVector first, StainVector second)
        {
            var lasso = new TwoStainLasso(first, second, Sparsity);
            var wide = Vector<float>.Count;
            var (ff, fs, ss) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
            var (fr, fg, fb) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
            var (sr, sg, sb) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
            for (var i = 0; i < tissue.R.Length; i += wide)
            {
                var (r, g, b) = (
                    new Vector<float>(tissue.R, i),
                    new Vector<float>(tissue.G, i),
                    new Vector<float>(tissue.B, i)
                );
                var (f, s) = lasso.Unbounded(r, g, b);
                (f, s) = lasso.Bound(f, s);
                var w = new Vector<float>(tissue.Weight, i);
                var (wf, ws) = (w * f, w * s);
                ff += wf * f;
                fs += wf * s;
                ss += ws * s;
                fr += wf * r;
                fg += wf * g;
                fb += wf * b;
                sr += ws * r;
                sg += ws * g;
                sb += ws * b;
            }
            return new Sums(
                Vector.Sum(ff),
                Vector.Sum(fs),
                Vector.Sum(ss),
                new StainVector(Vector.Sum(fr), Vector.Sum(fg), Vector.Sum(fb)),
                new StainVector(Vector.Sum(sr), Vector.Sum(sg), Vector.Sum(sb))
            );
        }
    }
}
