using Coverslip.Files;

namespace Coverslip.Slides.Formats;

/// <summary>
/// A slide as part of a <see cref="Fingerprint"/>: tells it from others, and from itself read otherwise, without reading
/// gigabytes.
/// </summary>
public static class SlideContents
{
    /// <summary>What the names of a slide's parts begin with.</summary>
    public const string Prefix = "slide.";

    /// <summary>
    /// Adds the file's contents, sampled where it is large, the resolution that counts and who says so, and the reader.
    /// </summary>
    public static Fingerprint AddSlide(this Fingerprint to, Slide slide)
    {
        to.AddFile($"{Prefix}contents", slide.Path);
        // Formats of several files: OpenSlide's hash is of the tiles, the file that is opened may say little of them.
        if (slide.Properties.TryGetValue("openslide.quickhash-1", out var quick))
            to.Add($"{Prefix}quickhash", quick);
        return to.AddReading(slide, Prefix);
    }

    /// <summary>Adds how a slide is read; files that hold its pixels are parts elsewhere.</summary>
    /// <param name="to">What it is added to.</param>
    /// <param name="slide">The slide.</param>
    /// <param name="prefix">Stands before the parts' names.</param>
    public static Fingerprint AddReading(this Fingerprint to, Slide slide, string prefix)
    {
        var (mpp, _, field) = slide.Resolution;
        return to.Add(
                $"{prefix}microns_per_pixel",
                mpp is { } known ? FormattableString.Invariant($"{known.X:R} × {known.Y:R}") : null
            )
            .Add($"{prefix}resolution_from", field)
            .Add($"{prefix}reader", slide.Reader.Name);
    }
}
