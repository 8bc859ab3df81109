using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.StoredFeatures;

namespace Coverslip.Methods.Bags;

/// <summary>Finds out what a cohort's rows are, and makes ready what bags are made of.</summary>
internal static class BagPreparation
{
    /// <summary>The cohort's bags with their features, which are computed where nothing stores them.</summary>
    /// <exception cref="InvalidDataException">Rows of several kinds, or features that are missing or do not belong
    /// together.</exception>
    internal static BagData Of(BagsRecipe recipe, Preparation given)
    {
        var cohort = given.Cohort;
        var kind = BagFiles.KindOf(cohort);
        if (kind == RowKind.Image)
            return OfImages(recipe, given);
        if (kind == RowKind.Slide)
            DistinctNames.Check(cohort.Rows.Select(cohort.ImagePath));
        var folder = recipe.Features.Encoder.From;
        if (kind == RowKind.Slide && folder.Length == 0)
            folder = SlideFeatureFolder.Compute(recipe, given);
        string FileOf(CohortRow row) =>
            kind == RowKind.Features ? cohort.ImagePath(row) : BagFiles.InFolder(folder, row);
        if (kind == RowKind.Slide)
            foreach (var row in cohort.Rows)
                FeatureFile.CheckSlide(FileOf(row), cohort.ImagePath(row));
        var stored = new StoredBags(FileOf);
        using (var reading = given.Progress.Begin("reading features", cohort.Rows.Count, "slides"))
            stored.Check(cohort.Rows, done => reading.Report(done), given.Stop);
        var mpp = kind == RowKind.Slide ? recipe.Features.Mpp : (double?)null;
        return new BagData(recipe, cohort, stored, new ImageFacts(3, 1, 1, mpp, cohort.Rows.Count))
        {
            Test = kind == RowKind.Slide && recipe.Test.Heatmaps ? new BagSlideTest(recipe, cohort, FileOf) : null,
        };
    }

    private static BagData OfImages(BagsRecipe recipe, Preparation given)
    {
        BagFiles.CheckSeveral(recipe, given.Cohort);
        PatchSet set;
        using (var reading = given.Progress.Begin("reading images", given.Cohort.Rows.Count, "images"))
            set = new PatchSet(
                given.Cohort,
                recipe.Input,
                null,
                new PatchReading { Progress = done => reading.Report(done) }
            );
        var images = new ImageBags(recipe, set, given.Device);
        images.UseStored();
        return new BagData(
            recipe,
            given.Cohort,
            images,
            new ImageFacts(
                set.Patches.Max(p => p.Source.Channels),
                set.Patches.Min(p => p.Source.Scale),
                set.Patches.Max(p => p.Source.Scale),
                CohortMpp.Of(given.Cohort),
                set.Patches.Count
            )
            {
                Looks = ImageLooks.Of(set.Patches.Select(p => (p.Row.Patient, p.Source.Look!))),
            }
        );
    }
}
