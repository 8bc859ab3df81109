using System.Globalization;
using System.Text.Json;
using Coverslip.Files;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.MultiStage;

/// <summary>A test slide with what is said of its patches that lie side by side.</summary>
internal sealed record JudgedSlide(SlideGrid Grid, IReadOnlyList<PredictedPatch> Patches);

/// <summary>
/// Predicts slides with a run's models and writes into its folder what is to be seen of them: <c>patches.json</c> with the
/// figures over all patches and per slide, <c>figures.json</c> with their intervals, <c>heatmap_features.csv</c>, where asked
/// for classes of slides and stages of patients, and maps of truth and prediction.
/// </summary>
/// <param name="model">The models.</param>
/// <param name="recipe">Their recipe.</param>
/// <param name="folder">Where to write.</param>
/// <param name="positive">The patch classifier's column of tumor.</param>
internal sealed class SlideJudging(MultiStageModel model, MultiStageRecipe recipe, string folder, int positive)
{
    /// <summary>Tumor's probability of every patch; of those beyond the border of their map there is none.</summary>
    internal IReadOnlyList<PredictedPatch> Predict(SlideGrid slide, CancellationToken stop) =>
        new SlidePredictor(model, recipe, positive).Predict(slide, stop);

    /// <summary>Writes everything.</summary>
    internal void Write(IReadOnlyList<JudgedSlide> slides, SlideStaging staging)
    {
        WritePatches(slides);
        double[][] features = [.. slides.Select(s => HeatmapFeatures.Of(s.Patches, s.Grid.Microns))];
        WriteFeatures(slides, features);
        WriteMaps(slides);
        var figures = PatchEstimates.Of([
            .. slides.Select(s => new PredictedSlide(s.Grid.Source.Patient, s.Patches)
            {
                Lesions = FoundLesions.Of(s.Grid, s.Patches),
            }),
        ]);
        if (recipe.Stages.Folds > 0)
            figures = figures with
            {
                Figures =
                [
                    .. figures.Figures,
                    .. staging.Write(
                        [.. slides.Select((s, i) => new StagedSlide(s.Grid.Source.Row, features[i]))],
                        folder
                    ),
                ],
            };
        // Methods without maps judge these, too: a comparison has to say so.
        if (slides.Sum(Beyond) is > 0 and var beyond)
            figures = figures with { Counts = [.. figures.Counts, ("patches_beyond_maps_not_judged", beyond)] };
        figures.Write(folder);
    }

    /// <summary>Patches beyond the border of their map.</summary>
    private static int Beyond(JudgedSlide slide) => slide.Grid.Whole - slide.Patches.Count;

    private void WritePatches(IReadOnlyList<JudgedSlide> slides)
    {
        var figures = PatchFigures.Of([.. slides.Select(s => s.Patches)]);
        var content = new PatchesFile(
            figures.Accuracy,
            figures.PrecisionRecallArea,
            figures.Judged,
            figures.Unlabeled,
            figures.TumorPoints,
            [
                .. slides.Select(s => new ReportedSlide(
                    s.Grid.Name,
                    s.Grid.Whole,
                    Beyond(s),
                    TumorPoints.Count(s.Patches),
                    s.Grid.Reason
                )),
            ]
        );
        WholeFile.Write(
            Path.Combine(folder, "patches.json"),
            JsonSerializer.Serialize(content, PatchesJson.Default.PatchesFile) + "\n"
        );
    }

    private void WriteFeatures(IReadOnlyList<JudgedSlide> slides, double[][] features) =>
        CsvTable.Write(
            Path.Combine(folder, "heatmap_features.csv"),
            ["slide", .. HeatmapFeatures.Names],
            slides.Select(
                (s, i) =>
                    (string[])[s.Grid.Name, .. features[i].Select(v => v.ToString("R", CultureInfo.InvariantCulture))]
            )
        );

    private void WriteMaps(IReadOnlyList<JudgedSlide> slides)
    {
        Directory.CreateDirectory(PredictionMap.Folder(folder));
        foreach (var (grid, patches) in slides.Where(s => s.Patches.Count > 0))
        {
            using var truth = PredictionMap.Truth([.. patches.Select(p => p.Patch)]);
            using var predicted = PredictionMap.Predicted(patches);
            ImageFile.Write(PredictionMap.TruthFile(folder, grid.Name), truth);
            ImageFile.Write(PredictionMap.PredictedFile(folder, grid.Name), predicted);
            PatchTable.Write(PredictionMap.PatchesFile(folder, grid.Name), grid, patches, labels: true);
        }
    }
}
