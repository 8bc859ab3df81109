using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Runs;

/// <summary>Whether images are of the kind that a model was trained on; what is not is refused with the figures.</summary>
public static class ModelFit
{
    /// <summary>Scanners of one magnification differ less.</summary>
    private const double MostMppRatio = 1.25;

    /// <summary>
    /// Reads every image of a cohort and refuses what the model was not trained for, before anything is computed.
    /// </summary>
    /// <exception cref="InvalidDataException">An image has other channels or another scale; the message says which and
    /// why.</exception>
    /// <param name="model">The model.</param>
    /// <param name="cohort">The images.</param>
    /// <param name="unfamiliar">Whether images may look like none that it was trained on.</param>
    public static void CheckFits(this TrainedModel model, Cohort cohort, bool unfamiliar = false)
    {
        using var images = new PatchImage();
        foreach (var row in cohort.Rows)
        {
            using var image = images.Read(cohort.ImagePath(row), new ImageReadOptions { Depth = 8 });
            model.CheckFits(row, SourceImage.Of(image, model.Recipe.Input), unfamiliar);
        }
    }

    /// <summary>Refuses a cohort that says itself that its images are of another resolution or magnification.</summary>
    /// <exception cref="InvalidDataException">It does; the message gives both.</exception>
    public static void CheckResolution(this TrainedModel model, Cohort cohort)
    {
        const string Way = "cut images of the same field, or pass --unfamiliar to predict them all the same";
        if (model.Recipe.AnyScale)
            return;
        if (model.Description.Mpp is { } trained && CohortMpp.Of(cohort) is { } mpp)
            if (Math.Max(trained / mpp, mpp / trained) > MostMppRatio)
                throw new InvalidDataException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{cohort.Path}: its images have {mpp:0.###} µm per pixel, those that the model was trained on {trained:0.###}, and up to {MostMppRatio} times more or less is taken; {Way}"
                    )
                );
        if (model.TrainedOn?.Magnifications is not { } known || !cohort.HasFurther(TrainingImages.Magnification))
            return;
        if (
            cohort.Rows.FirstOrDefault(r => !known.Contains(cohort.Further(r, TrainingImages.Magnification)!)) is
            { } row
        )
            throw new InvalidDataException(
                $"{cohort.Path}: row {row.Number}: {row.Image} has magnification {cohort.Further(row, TrainingImages.Magnification)}, the "
                    + $"model was trained on {string.Join(", ", known)}; {Way}"
            );
    }

    /// <summary>Refuses one image that the model was not trained for.</summary>
    /// <inheritdoc cref="CheckFits(TrainedModel, Cohort, bool)"/>
    public static void CheckFits(this TrainedModel model, CohortRow row, SourceImage source, bool unfamiliar = false)
    {
        if (source.Channels != model.Description.SourceChannels)
            throw new InvalidDataException(
                $"{row.Image} has {source.Channels} channel(s), the model was trained on images of {model.Description.SourceChannels}"
            );
        // A tenth more or less is the play of hand-cut patches; beyond it cells have another size than those the
        // model knows.
        if (
            !model.Recipe.AnyScale
            && (source.Scale < model.Description.ScaleLow / 1.1 || source.Scale > model.Description.ScaleHigh * 1.1)
        )
            throw new InvalidDataException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.Image} would be scaled by {source.Scale:0.###} to the model's {model.Recipe.Input.Width} pixels, its training images were scaled by {model.Description.ScaleLow:0.###} to {model.Description.ScaleHigh:0.###}; cut or resize the image to the size of the training images"
                )
            );
        if (!unfamiliar && source.Look is { } look && model.Unfamiliar(look) is { } difference)
            throw new InvalidDataException(
                $"{row.Image} looks like none of the {model.TrainedOn!.Looks!.Images} images that the model was trained on: {difference}; give it "
                    + "images of the same kind, stain and magnification, or pass --unfamiliar to predict it all the same"
            );
    }

    /// <summary>
    /// A warning where images seem to be of another magnification than those that the model was trained on; null where they do
    /// not, where nobody can tell, or where both say of which resolution they are, which <see cref="CheckResolution"/> compares.
    /// </summary>
    public static string? OtherScale(this TrainedModel model, PatchSet patches)
    {
        if (model.Recipe.AnyScale || (model.Description.Mpp is not null && CohortMpp.Of(patches.Cohort) is not null))
            return null;
        var looks = patches.Patches.Select(p => p.Source.Look).OfType<ImageLook>().ToArray();
        return model.TrainedOn?.Looks?.OtherScale(looks) is { } scale
            ? $"{scale}; look whether they are of the magnification of the training images, and give both cohorts a column mpp or magnification"
            : null;
    }

    /// <summary>
    /// In what an image differs from all that the model was trained on, with figures; null where it is like them, or where
    /// the run keeps nothing of their looks.
    /// </summary>
    public static string? Unfamiliar(this TrainedModel model, ImageLook look) =>
        model.TrainedOn?.Looks?.Difference(look, model.Recipe.AnyScale);
}
