using Coverslip.Slides.Images;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// Numbers that tell a slide's metastasis class from its map of probabilities, in the manner of Lee &amp; Paeng 2018
/// (arXiv 1805.12067): of the whole map, and at each threshold of its regions (8-connected positive cells). Lengths are
/// in microns, areas in square microns. A map without a region has zeros.
/// </summary>
internal static class HeatmapFeatures
{
    /// <summary>Probabilities from which a cell belongs to a region.</summary>
    public static IReadOnlyList<double> Thresholds { get; } = [0.5, 0.9];

    private static readonly string[] Whole = ["maximum", "mean", "tissue_area"];
    private static readonly string[] OfRegions =
    [
        "regions",
        "positive_share",
        "positive_area",
        "largest_area",
        "largest_major_axis",
        "largest_maximum",
        "largest_mean",
        "longest_major_axis",
        "positive_mean",
    ];

    /// <summary>Names of the numbers, in their order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Whole,
        .. Thresholds.SelectMany(t => OfRegions.Select(name => FormattableString.Invariant($"{name}_{100 * t:0}"))),
    ];

    /// <summary>The numbers of a slide.</summary>
    /// <param name="patches">All patches of tissue; labels are not looked at.</param>
    /// <param name="microns">From one patch of the grid to the next, to the right and down.</param>
    public static double[] Of(IReadOnlyList<PredictedPatch> patches, (double X, double Y) microns)
    {
        if (patches.Count == 0)
            return new double[Names.Count];
        var area = microns.X * microns.Y;
        return
        [
            patches.Max(p => p.Probability),
            patches.Average(p => p.Probability),
            patches.Count * area,
            .. Thresholds.SelectMany(threshold => OfThreshold(patches, threshold, microns)),
        ];
    }

    private static double[] OfThreshold(
        IReadOnlyList<PredictedPatch> patches,
        double threshold,
        (double X, double Y) microns
    )
    {
        var area = microns.X * microns.Y;
        PredictedPatch[] positive = [.. patches.Where(p => p.Probability > threshold)];
        if (positive.Length == 0)
            return new double[OfRegions.Length];
        var regions = Regions(positive);
        var largest = regions.MaxBy(r => r.Length)!; // of equal ones the first from the top
        return
        [
            regions.Count,
            (double)positive.Length / patches.Count,
            positive.Length * area,
            largest.Length * area,
            MajorAxis(largest, microns),
            largest.Max(p => p.Probability),
            largest.Average(p => p.Probability),
            regions.Max(r => MajorAxis(r, microns)),
            positive.Average(p => p.Probability),
        ];
    }

    /// <summary>8-connected pieces, in the order of their first cells.</summary>
    private static IReadOnlyList<PredictedPatch[]> Regions(PredictedPatch[] positive)
    {
        var (left, top) = (positive.Min(p => p.Patch.Column), positive.Min(p => p.Patch.Row));
        var (width, height) = (positive.Max(p => p.Patch.Column) - left + 1, positive.Max(p => p.Patch.Row) - top + 1);
        using var mask = new Image(width, height, channels: 1);
        mask.WritablePixels.Clear();
        int Cell(PredictedPatch p) => ((p.Patch.Row - top) * width) + p.Patch.Column - left;
        foreach (var patch in positive)
            mask.WritablePixels[Cell(patch)] = byte.MaxValue;
        var found = Components.Find(mask);
        return [.. positive.OrderBy(Cell).GroupBy(p => found.Labels[Cell(p)]).Select(g => g.ToArray())];
    }

    /// <summary>
    /// Length of the major axis of the ellipse that has the second moments of the region's cells, each a rectangle of its
    /// own extent.
    /// </summary>
    internal static double MajorAxis(IReadOnlyList<PredictedPatch> region, (double X, double Y) microns)
    {
        var (x, y) = (region.Average(p => p.Patch.Column * microns.X), region.Average(p => p.Patch.Row * microns.Y));
        var xx = region.Average(p => Square((p.Patch.Column * microns.X) - x)) + (Square(microns.X) / 12);
        var yy = region.Average(p => Square((p.Patch.Row * microns.Y) - y)) + (Square(microns.Y) / 12);
        var xy = region.Average(p => ((p.Patch.Column * microns.X) - x) * ((p.Patch.Row * microns.Y) - y));
        var greatest = ((xx + yy) / 2) + Math.Sqrt(Square((xx - yy) / 2) + Square(xy));
        return 4 * Math.Sqrt(greatest);
    }

    private static double Square(double value) => value * value;
}
