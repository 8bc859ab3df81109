using System.Globalization;
using System.Text.Json.Nodes;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;
using Coverslip.Slides.Tissue;

namespace Coverslip.Methods.MultiStage;

/// <summary>Outlines of a slide's tissue that were made before.</summary>
/// <param name="Region">In pixels of level 0.</param>
/// <param name="Rule">Where they come from; another rule makes another result.</param>
public sealed record GivenTissue(PolygonRegion Region, string Rule);

/// <summary>What came of a slide.</summary>
/// <param name="Name">Its file name without extension.</param>
/// <param name="Probability">That of its most probable patch; 0 without patches.</param>
/// <param name="Patches">Patches with a probability.</param>
/// <param name="Tumor">Those of them that are called tumor.</param>
/// <param name="Protruding">Patches beyond their map, which have none.</param>
/// <param name="Reason">Why there is no patch; null where there are.</param>
/// <param name="Before">Whether it was finished by an earlier call.</param>
public sealed record SlideMapOutcome(
    string Name,
    double Probability,
    int Patches,
    int Tumor,
    int Protruding,
    string? Reason,
    bool Before
);

/// <summary>
/// Predicts slides into a folder: of each <c>NAME-map.png</c>, <c>NAME-heatmap.npy</c> and <c>.tif</c>,
/// <c>NAME-overlay.png</c>, and at last <c>NAME-map.json</c>, with which it is finished and not computed again.
/// </summary>
/// <param name="run">A run of this method.</param>
/// <param name="folder">The folder.</param>
public sealed class SlideMaps(TrainedModel run, string folder)
{
    private readonly string identity = run.Identity();

    /// <summary>Predicts one slide, or finds it finished.</summary>
    /// <param name="slide">An open slide.</param>
    /// <param name="tissue">Outlines of tissue; null: found by default.</param>
    /// <param name="progress">Told how many of how many patches are read, over all parts.</param>
    /// <param name="stop">Asked between batches.</param>
    /// <exception cref="UnreadableSlideException">A tile, or the resolution.</exception>
    /// <exception cref="InvalidDataException">The folder holds a map of this name of something else.</exception>
    public SlideMapOutcome Predict(
        Slide slide,
        GivenTissue? tissue = null,
        Action<int, int>? progress = null,
        CancellationToken stop = default
    )
    {
        var name = Path.GetFileNameWithoutExtension(slide.Path);
        var record = At(name, "map.json");
        var key = SlideRecord.Key(
            slide.Path,
            identity,
            $"{slide.Resolution.Mpp}",
            tissue?.Rule ?? new TissueOptions().Rule
        );
        if (SlideRecord.Finished(record, key) is { } before)
            return Told(name, before);
        var found = NewSlide.Predict(run, slide, tissue?.Region, progress, stop);
        found.Heatmap.Write(At(name, "heatmap.npy"));
        HeatmapPictures.WritePyramid(At(name, "heatmap.tif"), found.Heatmap);
        HeatmapPictures.WriteOverlay(At(name, "overlay.png"), slide, found.Heatmap);
        if (found.Patches.Count > 0)
        {
            using var map = PredictionMap.Predicted(found.Patches);
            ImageFile.Write(At(name, "map.png"), map);
        }
        var outcome = new SlideMapOutcome(
            name,
            found.Heatmap.Score,
            found.Patches.Count,
            found.Patches.Count(p => p.Positive),
            found.Protruding,
            found.Reason,
            Before: false
        );
        WholeFile.Write(record, Json(key, outcome).ToJsonString() + "\n");
        return outcome;
    }

    /// <summary>Writes <c>slide_scores.csv</c>; returns its path.</summary>
    public string WriteScores(IEnumerable<SlideMapOutcome> outcomes)
    {
        var path = Path.Combine(folder, "slide_scores.csv");
        CsvTable.Write(
            path,
            ["image", "probability"],
            outcomes.Select(o => (string[])[o.Name, o.Probability.ToString("R", CultureInfo.InvariantCulture)])
        );
        return path;
    }

    private string At(string name, string ending) => Path.Combine(folder, $"{name}-{ending}");

    private static JsonObject Json(string key, SlideMapOutcome outcome) =>
        new()
        {
            ["key"] = key,
            ["probability"] = outcome.Probability,
            ["patches"] = outcome.Patches,
            ["tumor"] = outcome.Tumor,
            ["protruding"] = outcome.Protruding,
            ["reason"] = outcome.Reason,
        };

    private static SlideMapOutcome Told(string name, JsonObject record) =>
        new(
            name,
            record["probability"]!.GetValue<double>(),
            record["patches"]!.GetValue<int>(),
            record["tumor"]!.GetValue<int>(),
            record["protruding"]!.GetValue<int>(),
            record["reason"]?.GetValue<string>(),
            Before: true
        );
}
