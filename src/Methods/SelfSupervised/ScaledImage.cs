using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>An image file in color at the run's resolution.</summary>
/// <param name="Pixels">RGB of 8 bits.</param>
/// <param name="StoredSize">Pixels of the file.</param>
/// <param name="StainKept">Whether its stain could not be measured, so that it is as it was.</param>
internal sealed record ScaledImage(Image Pixels, (int Width, int Height) StoredSize, bool StainKept) : IDisposable
{
    public void Dispose() => Pixels.Dispose();

    /// <summary>Reads an image of a cohort; its column <c>mpp</c> says its resolution where the run has one.</summary>
    /// <exception cref="InvalidDataException">It is coarser than the run; the message names the row.</exception>
    internal static ScaledImage Read(Cohort cohort, CohortRow row, WindowOptions windows, InputStain? stain = null)
    {
        var scale = windows.Scale;
        if (windows.Mpp > 0 && cohort.Further(row, CohortMpp.Column) is { Length: > 0 } text)
        {
            var own = CohortMpp.Parse(cohort, row, text);
            scale = own / windows.Mpp;
            if (scale > CohortMpp.MostRatio)
                throw new InvalidDataException(
                    FormattableString.Invariant(
                        $"{cohort.Path}: row {row.Number}: {row.Image} has {own} µm/px, coarser than the run's {windows.Mpp}; leave it out, or set patches.mpp: {own}"
                    )
                );
        }
        return Read(cohort.ImagePath(row), row.Image, scale, stain);
    }

    /// <summary>Reads an image file and shrinks it by a factor.</summary>
    internal static ScaledImage Read(string path, string name, double scale, InputStain? stain)
    {
        var stored = PatchImage.ReadOne(path, ImageReadOptions.ForModels);
        var size = (stored.Width, stored.Height);
        var stained = stain?.Apply(stored, name);
        var image = stained ?? stored;
        if (stained is not null)
            stored.Dispose();
        var kept = stain is not null && stained is null;
        if (Math.Abs(scale - 1) < 0.01)
            return new ScaledImage(image, size, kept);
        using (image)
        {
            int Scaled(int side) => Math.Max(1, (int)Math.Round(side * scale));
            return new ScaledImage(Transforms.Resize(image, Scaled(image.Width), Scaled(image.Height)), size, kept);
        }
    }

    /// <summary>The pixel that a place beyond an end shows: the edge is a mirror.</summary>
    internal static int Mirror(int place, int extent)
    {
        var period = Math.Max(1, (2 * extent) - 2);
        place = Math.Abs(place) % period;
        return place < extent ? place : period - place;
    }
}
