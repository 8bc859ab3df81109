using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Features;
using Coverslip.Learning.Inputs;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Tissue;

namespace Coverslip.Methods.Bags;

/// <summary>
/// Whole slides by what their pixels show without any model of tissue, such as their mean color: an instance to each slide, over its
/// tissue at the resolution at which tissue is found.
/// </summary>
/// <param name="cohort">Of whole slides.</param>
/// <param name="described">What is computed of their pixels.</param>
internal sealed class SlidePixels(Cohort cohort, IImageFeatures described) : IBagFeatures
{
    private readonly Dictionary<CohortRow, double[]> known = new(ReferenceEqualityComparer.Instance);

    public string Identity => $"{described.Name} of slides' tissue";

    public int Numbers => described.Count;

    public bool Computes => true;

    public BagInstances Of(Bag bag, CancellationToken stop)
    {
        var values = new List<Half>(bag.Rows.Count * Numbers);
        foreach (var row in bag.Rows)
        {
            stop.ThrowIfCancellationRequested();
            if (!known.TryGetValue(row, out var its))
                known[row] = its = OfTissue(row);
            values.AddRange(its.Select(v => (Half)v));
        }
        return new BagInstances([.. values], Numbers);
    }

    public void Dispose() => known.Clear();

    private double[] OfTissue(CohortRow row)
    {
        using var slide = SlideFile.Open(
            cohort.ImagePath(row),
            new SlideOptions { Mpp = CohortMpp.OfSlide(cohort, row) }
        );
        using var map = TissueFinder.Find(slide, new TissueOptions());
        if (map.Reason is { } reason)
            throw new InvalidDataException($"{row.Image}: no tissue to describe ({reason}); leave the slide out");
        var pixels = PatchPixels.Of(map.Picture);
        for (var i = 0; i < pixels.Count; i++)
            pixels.Samples[(i * PatchPixels.Stride) + 3] = map.Mask.Pixels[i];
        return described.Describe(pixels);
    }
}
