using Coverslip.Files;
using Coverslip.Slides.Formats;

namespace Coverslip.Learning.SlidePatches;

/// <summary>Tells a slide from others, and from itself read otherwise, without reading gigabytes.</summary>
public static class SlideContents
{
    /// <summary>Of the file: its hash, sampled where it is large, see <see cref="FileContents"/>.</summary>
    public static string Of(string path) => FileContents.Read(path);

    /// <summary>The file, the resolution that counts, and who read it.</summary>
    public static string Of(Slide slide) => $"{Of(slide.Path)}, {AsRead(slide)}";

    /// <summary>How slides among sources are read; image files are theirs whose columns say so.</summary>
    public static Fingerprint AddReading(this Fingerprint to, IEnumerable<PatchSource> sources)
    {
        foreach (var slide in sources.OfType<SlideSource>().OrderBy(s => s.Row.Image, StringComparer.Ordinal))
            to.Add($"reading of {slide.Row.Image}", AsRead(slide.Slide));
        return to;
    }

    private static string AsRead(Slide slide) =>
        FormattableString.Invariant($"{slide.FinestMpp.X:R} × {slide.FinestMpp.Y:R} µm/px, {slide.Reader.Name}");
}
