using Coverslip.Learning.Encoders;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Learning.StoredFeatures;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Tissue;

namespace Coverslip.Methods.Bags;

/// <summary>
/// Features of slides by the recipe's encoder, which is opened at the first slide. What the recipe's folder stores is not
/// looked at: a new slide may have the name of another one.
/// </summary>
internal sealed class SlideFeatureFolder(BagsRecipe recipe, Torch.Device device) : IDisposable
{
    /// <summary>Where features that are computed are kept, in a run's or a prediction's folder.</summary>
    internal const string Name = "features";

    private Encoder? encoder;

    /// <summary>Computes what is missing of a cohort's slides; the folder in which every slide has its file.</summary>
    /// <exception cref="InvalidDataException">A slide without a patch of tissue.</exception>
    internal static string Compute(BagsRecipe recipe, Preparation given)
    {
        var place =
            given.SharedFolder
            ?? given.RunFolder
            ?? throw new InvalidOperationException("no folder was named in which features are kept");
        using var own = new SlideFeatureFolder(recipe, given.Device);
        using var steps = given.Progress.Begin("computing features", given.Cohort.Rows.Count, "slides");
        foreach (var (i, row) in given.Cohort.Rows.Index())
        {
            // Cells of a study share the folder.
            using var claim = FileClaim.Await(Path.Combine(place, Name, "claims", TestFiles.NameOf(row)), given.Stop);
            own.FileOf(given.Cohort.ImagePath(row), CohortMpp.OfSlide(given.Cohort, row), place, given.Stop);
            steps.Report(i + 1);
        }
        return Path.Combine(place, Name);
    }

    /// <summary>A slide's file, computed where there is none.</summary>
    /// <param name="path">The slide.</param>
    /// <param name="mpp">Of its finest level, over what it says; null for that.</param>
    /// <param name="folder">What is computed is kept in <c>features/</c> of it.</param>
    /// <param name="stop">Stops between patches; calling again goes on.</param>
    internal string FileOf(string path, Mpp? mpp, string folder, CancellationToken stop)
    {
        using var slide = SlideFile.Open(path, new SlideOptions { Mpp = mpp });
        CheckResolution(slide);
        return FileOf(slide, null, folder, null, stop);
    }

    /// <summary>The same of an open slide.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="tissue">What counts as tissue; null: what is found by default.</param>
    /// <param name="folder">As above.</param>
    /// <param name="progress">Told how many of how many patches are done.</param>
    /// <param name="stop">As above.</param>
    internal string FileOf(
        Slide slide,
        SlideTissue? tissue,
        string folder,
        Action<int, int>? progress,
        CancellationToken stop
    )
    {
        var place = Path.Combine(folder, Name);
        var walk = new SlideWalk(Encoding(), place) { TissueOf = tissue is null ? null : _ => tissue };
        var outcome = walk.Predict(slide, progress, stop);
        var file = Path.Combine(place, $"{outcome.Name}.h5");
        return File.Exists(file) ? file : throw new InvalidDataException($"{slide.Path}: {outcome.Text}");
    }

    /// <summary>Says which key of the recipe asks for pixels that a slide does not have.</summary>
    private void CheckResolution(Slide slide)
    {
        try
        {
            _ = slide.View(Mpp.Of(recipe.Features.Mpp));
        }
        catch (UnreadableSlideException error)
        {
            throw new InvalidDataException($"{error.Message}. The recipe asks with features.mpp", error);
        }
    }

    public void Dispose() => encoder?.Dispose();

    private SlideEncoding Encoding()
    {
        encoder ??= recipe.Features.Encoder.Open(recipe.Input.Height, recipe.Input.Width, device);
        var options = new SlideEncodingOptions { Mpp = recipe.Features.Mpp, MinTissue = recipe.Features.MinTissue };
        return new SlideEncoding(encoder, options, device);
    }
}
