using System.Globalization;
using System.Text.Json.Nodes;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// Predicts slides with a run of this method: of each <c>NAME-map.png</c>, <c>NAME-patches.csv</c>, <c>NAME-heatmap.npy</c> and <c>.tif</c>,
/// <c>NAME-overlay.png</c>, and detections. A slide within which a call was stopped begins anew.
/// </summary>
/// <param name="run">A run of this method.</param>
/// <param name="detection">How detections are made.</param>
/// <param name="stages">Classes the slides and stages their patients; null, the default, where the run stages nobody.</param>
internal sealed class SlideMaps(TrainedModel run, DetectionOptions detection, PatientStages? stages = null)
    : ISlidePrediction
{
    private const string Features = "heatmap_features";
    private readonly SlideCall call = new(run.Description.Positive!, run.Description.Threshold, detection.Threshold);

    public string Kind => "map";

    public string Unit => "patches";

    public bool Scores => true;

    public (double Mpp, int Side) Window =>
        (((MultiStageRecipe)run.Recipe).Patches.Mpp, ((MultiStageRecipe)run.Recipe).Window);

    public Fingerprint AddTo(Fingerprint to) => to.Add(run.MadeOf);

    public FinishedSlide Predict(SlideWork work)
    {
        string At(string ending) => Path.Combine(work.Folder, $"{work.Name}-{ending}");
        var found = NewSlide.Predict(run, work.Slide, work.Tissue.Region, work.Progress, work.Stop);
        found.Heatmap.Write(At("heatmap.npy"));
        HeatmapPictures.WritePyramid(At("heatmap.tif"), found.Heatmap);
        HeatmapPictures.WriteOverlay(At("overlay.png"), work.Slide, found.Heatmap);
        PatchTable.Write(At("patches.csv"), found.Grid, found.Patches, labels: false);
        if (found.Patches.Count > 0)
        {
            using var map = PredictionMap.Predicted(found.Patches);
            ImageFile.Write(At("map.png"), map);
        }
        var record = HeatmapRecord.Of(found.Heatmap);
        record["class"] = call.Positive;
        record["probability"] = found.Heatmap.Score;
        record["patches"] = found.Patches.Count;
        record["tumor"] = found.Patches.Count(p => p.Positive);
        record["protruding"] = found.Protruding;
        record["reason"] = found.Reason;
        record[Features] = new JsonArray([
            .. HeatmapFeatures.Of(found.Patches, found.Microns).Select(v => JsonValue.Create(v)),
        ]);
        return new FinishedSlide(Outcome(work, record, found.Heatmap, before: false), record);
    }

    public SlideTotals Totals(WalkedSlides walked)
    {
        if (stages is not null)
            return new SlideTotals([], stages.Write(walked, outcome => [.. ((StagedOutcome)outcome).Features]));
        var packed = ((MultiStageRecipe)run.Recipe).Stages.Folds > 0;
        return new SlideTotals(
            [],
            packed
                ? "no classes and stages: a packed model keeps no staged slides to learn them from; predict with the run's folder"
                : null
        );
    }

    public SlideOutcome? Finished(SlideWork work, JsonObject record)
    {
        if (stages is not null && record[Features] is null)
            return null; // an earlier version's, which kept none
        var recipe = (MultiStageRecipe)run.Recipe;
        var heatmap = Heatmap.Read(new SlideFiles(work.Folder, work.Name).Heatmap, NewSlide.GridOf(work.Slide, recipe));
        return Outcome(work, record, heatmap, before: true);
    }

    private SlideOutcome Outcome(SlideWork work, JsonObject record, Heatmap heatmap, bool before)
    {
        var detections = DetectionFiles.Write(work, heatmap, detection, call.Positive);
        var (score, tumor) = (record["probability"]!.GetValue<double>(), record["tumor"]!.GetValue<int>());
        var (patches, protruding) = (record["patches"]!.GetValue<int>(), record["protruding"]!.GetValue<int>());
        var beyond =
            protruding > 0 ? $"; {protruding} lie beyond the map and have no probability (maps.grow, maps.side)" : "";
        var text = record["reason"]?.GetValue<string>() is { } reason
            ? $"no patch: {reason}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{call.Slide(score)}, {tumor} of {patches} patches above 0.5, {call.Places(detections)}{beyond}"
            );
        var figures = new JsonObject
        {
            ["patches"] = patches,
            ["tumor"] = tumor,
            ["protruding"] = protruding,
            ["detections"] = detections,
        };
        call.Add(figures, score);
        if (before)
            figures["finished_before"] = true;
        return new StagedOutcome(work.Name, score, before ? $"{text}, finished before" : text)
        {
            Features = record[Features] is JsonArray kept ? [.. kept.Select(v => v!.GetValue<double>())] : [],
            Figures = figures,
        };
    }
}

/// <summary>A slide's outcome with what tells its class.</summary>
internal sealed record StagedOutcome(string Name, double? Score, string Text) : SlideOutcome(Name, Score, Text)
{
    /// <summary>See <see cref="HeatmapFeatures"/>; none of a record of an earlier version.</summary>
    public IReadOnlyList<double> Features { get; init; } = [];
}
