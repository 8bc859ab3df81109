using Coverslip.Slides.Formats;
using Coverslip.Slides.Tissue;

namespace Coverslip.Learning.Shards;

/// <summary>What a slide costs beside others, before anything is done with it.</summary>
public static class SlideCost
{
    /// <summary>Microns per pixel at which tissue is looked for: a fraction of a second to a slide.</summary>
    private const double Mpp = 40;

    /// <summary>What opening a slide and writing its files costs, in mm² of tissue.</summary>
    private const double Each = 1;

    /// <summary>For what looks at tissue alone: its mm², measured on a coarse level.</summary>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read, or no known resolution.</exception>
    public static double OfTissue(Slide slide)
    {
        using var map = TissueFinder.Find(slide, new TissueOptions { Mpp = Mpp });
        return Each + map.Area;
    }

    /// <summary>The same of tissue that was found before.</summary>
    public static double OfTissue(Slide slide, SlideTissue tissue) =>
        Each + (tissue.Region.Area * slide.FinestMpp.X * slide.FinestMpp.Y / 1e6);

    /// <summary>For what looks at a whole slide: its mm².</summary>
    public static double OfAll(Slide slide) =>
        Each + ((double)slide.Bounds.Width * slide.Bounds.Height * slide.FinestMpp.X * slide.FinestMpp.Y / 1e6);
}
