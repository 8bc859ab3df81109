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
        if (recipe.UnfitFor(cohort) is { } unfit)
            throw new InvalidDataException($"{cohort.Path}: {unfit}");
        if (kind == RowKind.Image)
            BagFiles.CheckSeveral(recipe, cohort);
        if (WithoutEncoder(recipe, cohort, kind) is { } plain)
            return new BagData(recipe, cohort, plain, new ImageFacts(3, 1, 1, null, cohort.Rows.Count));
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

    /// <summary>
    /// What a trivial model knows of bags of any kind, or of whole slides; null where instances are an encoder's, or images'.
    /// </summary>
    internal static IBagFeatures? WithoutEncoder(BagsRecipe recipe, Cohort cohort, RowKind kind) =>
        recipe.Features.Encoder switch
        {
            { Kind: FeatureKind.Encoder } => null,
            { Kind: FeatureKind.None } => new NothingKnown(),
            { OfPixels: { } described } when kind == RowKind.Slide => new SlidePixels(cohort, described),
            _ => null,
        };

    private static BagData OfImages(BagsRecipe recipe, Preparation given)
    {
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
