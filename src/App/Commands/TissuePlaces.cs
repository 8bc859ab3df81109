using Coverslip.Evaluation.Detection;
using Coverslip.Slides.Images;

namespace Coverslip.App.Commands;

/// <summary>Where a slide has tissue, for what random places would score.</summary>
internal static class TissuePlaces
{
    /// <summary>The middles of the mask's pixels of tissue, in pixels of level 0.</summary>
    /// <param name="folder">A folder of <c>coverslip tissue</c>, with <c>NAME.mask.png</c>.</param>
    /// <param name="slide">The slide's name.</param>
    /// <param name="truth">Its lesions, which say how large the slide is.</param>
    /// <exception cref="InvalidDataException">There is no such mask, it is empty, or it is of another slide.</exception>
    internal static IReadOnlyList<(double X, double Y)> Of(string folder, string slide, LesionMap truth)
    {
        var path = Path.Combine(folder, $"{slide}.mask.png");
        if (!File.Exists(path))
            throw new InvalidDataException(
                $"{path}: no such file; 'coverslip tissue' makes it from the slide, or leave --tissue out"
            );
        using var mask = MaskFile.Read(path);
        var (width, height) = (
            truth.Width * truth.Rules.Downsampling / mask.Width,
            truth.Height * truth.Rules.Downsampling / mask.Height
        );
        // The pixels of a thumbnail are rounded: more than that is another slide.
        if (
            Math.Abs((width / height) - 1)
            > 2.0 / Math.Min(mask.Width, mask.Height) + 2.0 / Math.Min(truth.Width, truth.Height)
        )
            throw new InvalidDataException(
                $"{path} has {mask.Width} × {mask.Height} pixels, the mask of tumor {truth.Width} × {truth.Height}: they are "
                    + "of two slides"
            );
        var places = new List<(double X, double Y)>();
        var pixels = mask.Pixels;
        for (var i = 0; i < pixels.Length; i++)
            if (pixels[i] != 0)
                places.Add(((i % mask.Width + 0.5) * width, (i / mask.Width + 0.5) * height));
        return places.Count > 0
            ? places
            : throw new InvalidDataException($"{path}: no tissue, where {truth.Lesions.Count} lesions are");
    }
}
