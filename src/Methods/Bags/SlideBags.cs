using System.Globalization;
using System.Text.Json.Nodes;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Learning.StoredFeatures;
using Coverslip.Slides.Heatmaps;

namespace Coverslip.Methods.Bags;

/// <summary>
/// Predicts slides, each as a bag of its own: the score is the bag's probability of the class that is looked for; the heatmap is
/// where the model saw it, which has the score as its maximum where a network attends. Of each slide also
/// <c>NAME-patches.csv</c>, and <c>NAME-tiles.png</c> with the patches that speak most and least for the class.
/// </summary>
internal sealed class SlideBags : ISlidePrediction
{
    private readonly BagsRecipe recipe;
    private readonly IReadOnlyList<BagModel> models;
    private readonly Func<SlideWork, string> fileOf;
    private readonly DetectionOptions detection;
    private readonly Fingerprint madeOf;
    private readonly SlideCall call;
    private readonly int column;

    /// <param name="recipe">The models'.</param>
    /// <param name="models">Of which the mean predicts, and what tells them from others.</param>
    /// <param name="fileOf">The file of a slide's features.</param>
    /// <param name="description">Classes, the one that is looked for, its threshold.</param>
    /// <param name="detection">How detections are made.</param>
    /// <exception cref="InvalidOperationException">None is looked for.</exception>
    internal SlideBags(
        BagsRecipe recipe,
        (IReadOnlyList<BagModel> All, Fingerprint MadeOf) models,
        Func<SlideWork, string> fileOf,
        (IReadOnlyList<string> Classes, string? Positive, double? Threshold) description,
        DetectionOptions detection
    )
    {
        (this.recipe, this.models, madeOf) = (recipe, models.All, models.MadeOf);
        (this.fileOf, this.detection) = (fileOf, detection);
        var positive =
            description.Positive
            ?? throw new InvalidOperationException(
                $"this run has {description.Classes.Count} classes ({string.Join(", ", description.Classes)}) and none that is looked for; name it in the recipe (decision.positive) and train again"
            );
        column = description.Classes.ToList().IndexOf(positive);
        call = new SlideCall(positive, description.Threshold, detection.Threshold);
    }

    internal static SlideBags Of(BagsRecipe recipe, TrainedModel run, PredictionRequest asked)
    {
        asked.Only("bags", "--mpp", "--threshold", "--radius-microns", "--components");
        BagModel[] models = [.. run.Models.Cast<BagModel>()];
        return asked.Mpp is { } mpp && Math.Abs(mpp - recipe.Features.Mpp) > 0.01 * recipe.Features.Mpp
            ? throw new InvalidOperationException(
                FormattableString.Invariant(
                    $"--mpp is {mpp}, and the run's patches are of {recipe.Features.Mpp} µm/px; leave --mpp out (a slide's own resolution is --slide-mpp)"
                )
            )
            : new SlideBags(
                recipe,
                (models, run.MadeOf),
                work => models[0].Slides.FileOf(work.Slide, work.Tissue, work.Folder, work.Progress, work.Stop),
                (run.Description.Classes, run.Description.Positive, run.Threshold),
                DetectionOptions.Of(asked)
            );
    }

    // What stands in the record is read by name where detections are judged.
    public string Kind => "heatmap";

    public string Unit => "patches";

    public bool Scores => true;

    public (double Mpp, int Side) Window => (recipe.Features.Mpp, recipe.Input.Height);

    public Fingerprint AddTo(Fingerprint to) => to.Add(madeOf);

    public FinishedSlide Predict(SlideWork work)
    {
        var file = fileOf(work);
        using var stored = new StoredBags(_ => file);
        var bag = Bag.Single(work.Slide.Path);
        var said = models.Select(m => m.Predict(stored, bag, work.Stop)).ToArray();
        var places = stored.Of(bag, work.Stop).Places!;
        float[] weights = [.. Enumerable.Range(0, places.Count).Select(i => said.Average(s => s.Instances[column][i]))];
        var score = said.Average(s => s.Probabilities[column]);
        var heatmap = PatchGrid.Map(work.Slide, places, weights);
        var files = new SlideFiles(work.Folder, work.Name);
        heatmap.Write(files.Heatmap);
        HeatmapPictures.WritePyramid(files.Pyramid, heatmap);
        HeatmapPictures.WriteOverlay(files.Overlay, work.Slide, heatmap);
        WritePatches(At(work, "patches.csv"), work, places, weights);
        TilePicture.Write(new SlideFiles(work.Folder, work.Name).Tiles, work.Slide, places, weights);
        var record = Record(work, heatmap, score, file);
        return new FinishedSlide(Outcome(work, record, heatmap, before: false), record);
    }

    public SlideOutcome? Finished(SlideWork work, JsonObject record) =>
        File.Exists(new SlideFiles(work.Folder, work.Name).Heatmap)
            ? Outcome(
                work,
                record,
                Heatmap.Read(new SlideFiles(work.Folder, work.Name).Heatmap, HeatmapRecord.GridOf(record)),
                before: true
            )
            : null;

    private static string At(SlideWork work, string ending) => Path.Combine(work.Folder, $"{work.Name}-{ending}");

    private JsonObject Record(SlideWork work, Heatmap heatmap, double score, string file)
    {
        var record = HeatmapRecord.Of(heatmap);
        record["class"] = call.Positive;
        record["probability"] = score;
        record["tissue_rule"] = work.Tissue.Rule;
        record["features"] = Path.GetFileName(file);
        return record;
    }

    private SlideOutcome Outcome(SlideWork work, JsonObject record, Heatmap heatmap, bool before)
    {
        var detections = DetectionFiles.Write(work, heatmap, detection, call.Positive);
        var score = record["probability"]!.GetValue<double>();
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"probability {score:0.000} of {call.Positive}, {heatmap.TissueCells} patches, {call.Places(detections)}"
        );
        var figures = new JsonObject { ["patches"] = heatmap.TissueCells, ["detections"] = detections };
        call.Add(figures, score);
        if (before)
            figures["finished_before"] = true;
        return new SlideOutcome(work.Name, score, before ? $"{text}, finished before" : text) { Figures = figures };
    }

    /// <summary>A row to each patch, its corner in pixels of level 0; those that speak most for the class first.</summary>
    private static void WritePatches(string path, SlideWork work, PatchFeatures places, float[] weights) =>
        CsvTable.Write(
            path,
            ["x", "y", "weight"],
            PatchGrid
                .Corners(work.Slide, places)
                .Zip(weights)
                .OrderByDescending(p => p.Second)
                .Select(p => (string[])[Text(p.First.X), Text(p.First.Y), Text(p.Second)])
        );

    private static string Text(double value) => Math.Round(value, 6).ToString("R", CultureInfo.InvariantCulture);
}
