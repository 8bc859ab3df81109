using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coverslip.Files;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.SlideWalk;

/// <summary>What came of all slides of a call: <c>slide_scores.csv</c> and <c>summary.json</c>.</summary>
/// <param name="Outcomes">The slides that are finished.</param>
/// <param name="Failures">The others, with the reason.</param>
/// <param name="Totals">What is said over all of them.</param>
public sealed record SlideSummary(
    IReadOnlyList<SlideOutcome> Outcomes,
    IReadOnlyList<FailedFile> Failures,
    SlideTotals Totals
)
{
    /// <summary>What <see cref="SlideCall"/> and the methods say of each slide, beside its score.</summary>
    private static readonly string[] Called =
    [
        SlideCall.CalledKey,
        SlideCall.FromKey,
        "detections",
        SlideCall.AboveKey,
    ];

    /// <summary>The column that says what a run has seen of a slide.</summary>
    public const string SeenColumn = "trained_on";

    /// <summary>The table of scores in a folder.</summary>
    public static string ScoresIn(string folder) => Path.Combine(folder, "slide_scores.csv");

    /// <summary>
    /// Writes both files into a folder, or the second alone where slides have no scores. Slides of earlier calls stay, and a
    /// slide that failed keeps the score it had.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="scores">Whether slides have scores.</param>
    /// <param name="seen">Whether the table says what the run has seen of each slide.</param>
    public void Write(string folder, bool scores = true, bool seen = false)
    {
        // Two calls that share the folder may end at the same time.
        using var claim = FileClaim.Await(Path.Combine(folder, "claims", ".summary"), CancellationToken.None);
        if (scores)
            MergedTable.Write(
                ScoresIn(folder),
                ["image", "probability", .. Called, .. seen ? [SeenColumn] : Array.Empty<string>()],
                Outcomes.Select(o =>
                    (string[])
                        [
                            o.Name,
                            o.Score!.Value.ToString("R", CultureInfo.InvariantCulture),
                            .. Called.Select(key => $"{o.Figures[key]}"),
                            .. seen ? [o.TrainedOn] : Array.Empty<string>(),
                        ]
                ),
                row => row[0]
            );
        var json = Totals.Figures.DeepClone().AsObject();
        var path = Path.Combine(folder, "summary.json");
        JsonObject[] now = [.. Outcomes.Select(Json), .. Failures.Select(Json)];
        var named = now.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        json["slides"] = new JsonArray([.. Before(path).Where(slide => !named.Contains(NameOf(slide))), .. now]);
        WholeFile.Write(path, json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    private static string? NameOf(JsonNode? slide) => slide?["slide"]?.GetValue<string>();

    /// <summary>The slides of the calls before.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    private static IEnumerable<JsonNode?> Before(string path) =>
        SlideRecord.Read(path)?["slides"] is JsonArray slides ? slides.Select(slide => slide?.DeepClone()) : [];

    private static JsonObject Json(SlideOutcome outcome)
    {
        var json = new JsonObject { ["slide"] = outcome.Name };
        if (outcome.Score is { } score)
            json["probability"] = score;
        if (outcome.TrainedOn.Length > 0)
            json[SeenColumn] = outcome.TrainedOn;
        if (outcome.Unfamiliar is { } difference)
            json[SlideLook.Key] = difference;
        foreach (var (key, value) in outcome.Figures)
            json[key] = value?.DeepClone();
        return json;
    }

    private static JsonObject Json(FailedFile failure) =>
        new() { ["slide"] = failure.Name, ["failed"] = failure.Reason };
}
