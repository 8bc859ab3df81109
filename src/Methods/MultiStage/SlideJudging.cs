using System.Globalization;
using System.Text.Json;
using Coverslip.Evaluation;
using Coverslip.Methods.Training;
using Coverslip.Slides.Images;
using Coverslip.Torch;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// Predicts slides with a run's models and writes into its folder what is to be seen of them: <c>patches.json</c> with the
/// figures over all patches and per slide, <c>heatmap_features.csv</c> for the classes of slides, and <c>maps/NAME.png</c>,
/// truth beside prediction.
/// </summary>
/// <param name="model">The models.</param>
/// <param name="recipe">Their recipe.</param>
/// <param name="folder">Where to write.</param>
/// <param name="positive">The patch classifier's column of tumour.</param>
internal sealed class SlideJudging(MultiStageModel model, MultiStageRecipe recipe, string folder, int positive)
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Tumour's probability of every patch; of those beyond the border of their map there is none.</summary>
    internal IReadOnlyList<PredictedPatch> Predict(SlideGrid slide, int batch, CancellationToken stop)
    {
        if (slide.Patches.Count == 0)
            return [];
        if (model.Segmentation is not { } segmentation)
            return Classified(slide, batch, stop);
        var features = SlideFeatures.Compute(model.Extractor, slide, (recipe.Input.Width, batch), stop: stop);
        return SlidePrediction.Of(segmentation, features, recipe.Maps, recipe.MapTraining.Batch);
    }

    internal void Write(IReadOnlyList<(SlideGrid Grid, IReadOnlyList<PredictedPatch> Patches)> slides)
    {
        var figures = PatchFigures.Of([.. slides.Select(s => s.Patches)]);
        var content = new
        {
            accuracy = figures.Accuracy,
            pr_auc = figures.PrecisionRecallArea,
            judged = figures.Judged,
            unlabelled = figures.Unlabelled,
            tumour_points = figures.TumourPoints,
            slides = slides.Select(s => new
            {
                slide = s.Grid.Name,
                patches = s.Grid.Patches.Count,
                protruding = s.Grid.Patches.Count - s.Patches.Count,
                tumour_points = TumourPoints.Count(s.Patches),
                reason = s.Grid.Reason,
            }),
        };
        WholeFile.Write(Path.Combine(folder, "patches.json"), JsonSerializer.Serialize(content, Indented) + "\n");
        var lines = slides.Select(s =>
            string.Join(
                ',',
                [
                    s.Grid.Name,
                    .. HeatmapFeatures
                        .Of(s.Patches, s.Grid.Microns)
                        .Select(v => v.ToString("R", CultureInfo.InvariantCulture)),
                ]
            )
        );
        WholeFile.Write(
            Path.Combine(folder, "heatmap_features.csv"),
            $"slide,{string.Join(',', HeatmapFeatures.Names)}\n{string.Concat(lines.Select(l => l + "\n"))}"
        );
        Directory.CreateDirectory(Path.Combine(folder, "maps"));
        foreach (var (grid, patches) in slides.Where(s => s.Patches.Count > 0))
        {
            using var truth = PredictionMap.Truth([.. patches.Select(p => p.Patch)]);
            using var predicted = PredictionMap.Predicted(patches);
            using var both = PredictionMap.SideBySide([truth, predicted]);
            ImageFile.Write(Path.Combine(folder, "maps", grid.Name + ".png"), both);
        }
    }

    private List<PredictedPatch> Classified(SlideGrid slide, int batch, CancellationToken stop)
    {
        model.Extractor.Store.Training = false;
        using var inference = new Inference();
        var predicted = new List<PredictedPatch>();
        foreach (var window in slide.Read([.. Enumerable.Range(0, slide.Patches.Count).Chunk(batch)]))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            var images = model.Extractor.Images(window, recipe.Input.Width);
            foreach (var row in Predictor.Rows(model.Extractor.Scores(model.Extractor.Features(images)).Softmax(1)))
                predicted.Add(new PredictedPatch(slide.Patches[predicted.Count], row[positive]));
        }
        return predicted;
    }
}
