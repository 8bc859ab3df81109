using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Segmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Segmentation;

/// <summary>The files of a segmented image or slide.</summary>
/// <param name="Folder">Where they lie.</param>
/// <param name="Name">The file's name without extension.</param>
public sealed record SegmentationFiles(string Folder, string Name)
{
    /// <summary>255 foreground, 0 background; of a slide a pixel to a cell.</summary>
    public string Mask => At("mask.png");

    /// <summary>Probabilities as NumPy's float32 [H, W]; NaN where nothing was predicted.</summary>
    public string Array => At("probability.npy");

    /// <summary>Probabilities of an image as gray, 0 to 255.</summary>
    public string Picture => At("probability.png");

    /// <summary>Probabilities of a slide in colors, a pyramid.</summary>
    public string Pyramid => At("probability.tif");

    /// <summary>Outlines in pixels of the image, of a slide in those of level 0.</summary>
    public string Outlines => Path.Combine(Folder, $"{Name}.geojson");

    public string Reconstruction => At("reconstruction.png");

    /// <summary>The reconstruction of a slide, a pyramid.</summary>
    public string ReconstructedSlide => At("reconstruction.tif");

    /// <summary>What a finished slide was made of.</summary>
    public string Record => At("segmentation.json");

    /// <summary>A slide in the making.</summary>
    public string State => At("segmentation.state");

    /// <summary>A predicted image's pixels beside those of its mask in a cohort, or a slide's cells beside its annotation.</summary>
    /// <exception cref="InvalidDataException">The probabilities have another size than the mask, or it is missing.</exception>
    public SegmentedImage Judge(Cohort cohort, CohortRow row)
    {
        if (SlideFile.IsSlide(cohort.ImagePath(row)))
            return SlideTruth.Judge(this, cohort, row);
        using var image = PatchImage.ReadOne(cohort.ImagePath(row), ImageReadOptions.AsStored);
        using var truth = CohortMask.Read(cohort, row, (image.Width, image.Height));
        using var stream = File.OpenRead(Array);
        var values = NpyFile.Read(stream, Array, truth.Height, truth.Width);
        return new SegmentedImage(row.Image, row.Patient, CountedPixels.Of(values, truth));
    }

    private string At(string ending) => Path.Combine(Folder, $"{Name}-{ending}");
}
