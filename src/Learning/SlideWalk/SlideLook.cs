using Coverslip.Learning.Inputs;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;
using Coverslip.Slides.Tissue;

namespace Coverslip.Learning.SlideWalk;

/// <summary>Whether a slide's tissue looks like what a run was trained on, at the resolution at which the run sees it.</summary>
internal static class SlideLook
{
    /// <summary>In a slide's record.</summary>
    internal const string Key = "unfamiliar";

    private const int MostWindows = 12;

    /// <summary>
    /// In what most of a dozen windows of tissue differ from all training images: how many do, and the difference of the
    /// first. Null where at most half of them do, or where there is no tissue.
    /// </summary>
    /// <param name="looks">Of the training images.</param>
    /// <param name="slide">The slide.</param>
    /// <param name="tissue">Where windows are looked at.</param>
    /// <param name="window">Microns per pixel and side in pixels.</param>
    internal static string? Difference(ImageLooks looks, Slide slide, SlideTissue tissue, (double Mpp, int Side) window)
    {
        ImageLook[] all = [.. Of(slide, tissue, window)];
        string[] odd = [.. all.Select(look => looks.Difference(look)).OfType<string>()];
        return 2 * odd.Length > all.Length
            ? $"{odd.Length} of {all.Length} places on it look like nothing that the run was trained on: {odd[0]}"
            : null;
    }

    private static IEnumerable<ImageLook> Of(Slide slide, SlideTissue tissue, (double Mpp, int Side) window)
    {
        var view = slide.View(Mpp.Of(window.Mpp));
        var side = window.Side;
        var (width, height) = ((long)Math.Ceiling(side * view.StepX), (long)Math.Ceiling(side * view.StepY));
        var found = new List<(long X, long Y)>();
        for (var y = 0L; y + side <= view.Height; y += side)
        for (var x = 0L; x + side <= view.Width; x += side)
        {
            // Only windows with tissue in their middle: training patches are no edges with glass.
            var middle = new SlidePoint((long)((x + side / 4.0) * view.StepX), (long)((y + side / 4.0) * view.StepY));
            if (tissue.Any(new SlideRectangle(middle, width / 2, height / 2)))
                found.Add((x, y));
        }
        var count = Math.Min(MostWindows, found.Count);
        for (var i = 0; i < count; i++)
        {
            var (x, y) = found[(int)((i + 0.5) * found.Count / count)];
            using var pixels = view.Read(x, y, new PixelSize(side, side));
            yield return ImageLook.Of(pixels);
        }
    }
}
