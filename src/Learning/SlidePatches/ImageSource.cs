using System.Buffers;
using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Augmentation;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.SlidePatches;

/// <summary>An image file as an example, and its resolution in microns per pixel.</summary>
public sealed record ImageExample(CohortRow Row, string Path, int Label, double Mpp);

/// <summary>
/// The image files of a patient, drawn from as if they were a slide's patches. An image is brought to the resolution of
/// the run, and its middle is taken; where a shift leaves it, its edge is mirrored.
/// </summary>
public sealed class ImageSource : PatchSource
{
    /// <summary>A resolution this near, in parts of one, is taken for the same.</summary>
    private const double Tolerance = 0.01;
    private readonly ImageExample[][] images; // [class][image]
    private readonly PatchInput input;
    private readonly double mpp;

    internal ImageSource(string patient, IReadOnlyList<ImageExample> all, PatchInput input, double mpp)
        : base($"images of {patient}", patient)
    {
        (this.input, this.mpp) = (input, mpp);
        images = [.. Enumerable.Range(0, 2).Select(label => all.Where(i => i.Label == label).ToArray())];
    }

    /// <summary>All images, for those who judge them one by one.</summary>
    public IEnumerable<ImageExample> All => images.SelectMany(i => i);

    public override int Count(int label) => images[label].Length;

    public override void Read(int label, int index, ImageChange change, PatchTarget target) =>
        Read(images[label][index], change, target);

    public void Read(ImageExample example, ImageChange change, PatchTarget target)
    {
        if (input.Views.Count > 1)
            throw new InvalidDataException(
                $"{example.Row.Image} is an image file, and this network sees its surroundings too; leave image files out of "
                    + "the cohort, or set network.context: 1"
            );
        using var image = AtRunsResolution(example);
        var (left, top) = ((image.Width - target.Width) / 2, (image.Height - target.Height) / 2);
        if (left < 0 || top < 0)
            throw new InvalidDataException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{example.Row.Image} has {image.Width} × {image.Height} pixels at {mpp} µm/px, fewer than the window of {target.Width} × {target.Height}; make the window smaller (input.width, input.height) or its pixels finer (patches.mpp)"
                )
            );
        // As much of a shift as the image has real pixels for; the rest of it mirrors.
        var (x, y) = (
            Math.Clamp(left + change.Right, 0, image.Width - target.Width),
            Math.Clamp(top + change.Down, 0, image.Height - target.Height)
        );
        using var window = Transforms.Crop(image, x, y, target.Width, target.Height);
        var size = target.Width * target.Height * 4;
        var pixels = ArrayPool<byte>.Shared.Rent(size);
        input.Pixels.Write(window, pixels.AsSpan(0, size));
        change
            .Shifted(top + change.Down - y, left + change.Right - x)
            .Apply(pixels.AsSpan(0, size), target.View(0), target.Height, target.Width);
        ArrayPool<byte>.Shared.Return(pixels);
    }

    private Image AtRunsResolution(ImageExample example)
    {
        using var stored = PatchImage.ReadOne(example.Path, new ImageReadOptions { Depth = 8 });
        var color = stored.Channels == 3 ? stored.Clone() : ColorSpaces.Convert(stored, ColorConversion.GrayToRgb);
        var scale = example.Mpp / mpp;
        if (Math.Abs(scale - 1) <= Tolerance)
            return color;
        using (color)
            return Transforms.Resize(
                color,
                Math.Max(1, (int)Math.Round(color.Width * scale)),
                Math.Max(1, (int)Math.Round(color.Height * scale)),
                Interpolation.Area
            );
    }
}
