namespace Coverslip.Slides.Stain;

/// <summary>Mean and covariance of the optical densities of an image's pixels, from its colors.</summary>
internal sealed class DensityMoments
{
    /// <param name="colors">Colors of the histogram.</param>
    /// <param name="histogram">How many pixels have each.</param>
    internal DensityMoments(int[] colors, ColorHistogram histogram)
    {
        var density = ColorHistogram.Density;
        var (n, sr, sg, sb) = (0.0, 0.0, 0.0, 0.0);
        var (rr, gg, bb, rg, rb, gb) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        foreach (var color in colors)
        {
            var (stepR, stepG, stepB) = ColorHistogram.StepsOf(color);
            var (r, g, b) = (density[stepR], density[stepG], density[stepB]);
            var pixels = (double)histogram[color];
            var (pr, pg, pb) = (pixels * r, pixels * g, pixels * b);
            n += pixels;
            sr += pr;
            sg += pg;
            sb += pb;
            rr += pr * r;
            gg += pg * g;
            bb += pb * b;
            rg += pr * g;
            rb += pr * b;
            gb += pg * b;
        }
        Pixels = n;
        Mean = new StainVector(sr / n, sg / n, sb / n);
        var (mr, mg, mb) = (Mean.R, Mean.G, Mean.B);
        var (crg, crb, cgb) = ((rg / n) - (mr * mg), (rb / n) - (mr * mb), (gb / n) - (mg * mb));
        Covariance = new[,]
        {
            { (rr / n) - (mr * mr), crg, crb },
            { crg, (gg / n) - (mg * mg), cgb },
            { crb, cgb, (bb / n) - (mb * mb) },
        };
    }

    /// <summary>Pixels counted; 0 makes the other figures no numbers.</summary>
    internal double Pixels { get; }

    /// <summary>Mean density.</summary>
    internal StainVector Mean { get; }

    /// <summary>[3, 3] covariance of the densities in R, G, B.</summary>
    internal double[,] Covariance { get; }

    /// <summary>The root of the covariance's trace.</summary>
    internal double Spread =>
        Math.Sqrt(Math.Max(0, Covariance[0, 0]) + Math.Max(0, Covariance[1, 1]) + Math.Max(0, Covariance[2, 2]));
}
