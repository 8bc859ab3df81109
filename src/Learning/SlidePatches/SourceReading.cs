using Coverslip.Files;
using Coverslip.Slides.Formats;

namespace Coverslip.Learning.SlidePatches;

/// <summary>How a cohort's slides are read, as part of a <see cref="Fingerprint"/>.</summary>
public static class SourceReading
{
    /// <summary>Adds the slides among sources; image files are theirs whose columns say so.</summary>
    public static Fingerprint AddReading(this Fingerprint to, IEnumerable<PatchSource> sources)
    {
        foreach (var slide in sources.OfType<SlideSource>().OrderBy(s => s.Row.Image, StringComparer.Ordinal))
            to.AddReading(slide.Slide, $"reading of {slide.Row.Image}, ");
        return to;
    }
}
