using System.Text.Json;
using System.Text.Json.Nodes;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Slides.Formats;

namespace Coverslip.Learning.SlideWalk;

/// <summary>
/// A JSON file beside what was predicted of a slide: the slide is finished when it is there. Its <c>made_of</c> says all
/// that the prediction depends on, a part to a line.
/// </summary>
internal static class SlideRecord
{
    /// <summary>The part that says what counts as tissue.</summary>
    internal const string TissuePart = "tissue";

    private const string MadeOf = "made_of";
    private const string WayOut = "name another folder with --out, or remove it to predict the slide again";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The record of a finished slide; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    internal static JsonObject? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        }
        catch (Exception error) when (error is JsonException or NullReferenceException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is damaged; remove it, so that it is written again", error);
        }
    }

    /// <summary>The record of a slide that was finished with the same; null where it was not finished.</summary>
    /// <exception cref="InvalidDataException">It was finished with something else, or the file is damaged.</exception>
    internal static JsonObject? Finished(string path, Fingerprint now)
    {
        var record = Read(path);
        if (record is not null)
            Check(path, record, now);
        return record;
    }

    /// <summary>
    /// Refuses a folder in which another model, or the same used otherwise, has predicted other slides: one table of scores
    /// would hold what cannot be compared.
    /// </summary>
    /// <param name="folder">Where files go.</param>
    /// <param name="prediction">What predicts now.</param>
    /// <param name="slides">Names of the slides of this call, which are checked one by one.</param>
    /// <exception cref="InvalidDataException">With what differs.</exception>
    internal static void CheckOthers(string folder, ISlidePrediction prediction, IEnumerable<string?> slides)
    {
        if (!Directory.Exists(folder))
            return;
        var ending = $"-{prediction.Kind}.json";
        var own = slides.Select(name => name + ending).ToHashSet(StringComparer.Ordinal);
        var now = prediction.AddTo(new Fingerprint());
        foreach (
            var path in Directory.EnumerateFiles(folder, $"*{ending}").Where(p => !own.Contains(Path.GetFileName(p)))
        )
            Check(
                path,
                Read(path)!,
                now,
                part =>
                    part
                        is not (
                            TissuePart
                            or TrainedModel.JudgedBy
                            or FirstNetwork.JudgedBy
                            or FirstNetwork.ThresholdPart
                        )
                    && !part.StartsWith(SlideContents.Prefix, StringComparison.Ordinal)
            );
    }

    /// <summary>Whether a record is of a slide's file, whatever it was made with; true where there is none to tell.</summary>
    internal static bool IsOf(string path, string slide)
    {
        const string contents = $"{SlideContents.Prefix}contents";
        return Read(path) is not { } record
            || Parts(record) is not { } before
            || Fingerprint.Difference(before, $"{new Fingerprint().AddFile(contents, slide)}", n => n == contents)
                is null;
    }

    /// <summary>The version that made a record; null where it is this one, or is not kept.</summary>
    internal static string? OtherProgram(JsonObject record) =>
        Parts(record) is { } parts ? Fingerprint.OtherProgram(parts) : null;

    /// <summary>Writes a record; with it the slide is finished.</summary>
    internal static void Write(string path, Fingerprint madeOf, JsonObject record)
    {
        record[MadeOf] = new JsonArray([.. madeOf.Kept.Select(line => JsonValue.Create(line))]);
        WholeFile.Write(path, record.ToJsonString(Indented) + "\n");
    }

    private static void Check(string path, JsonObject record, Fingerprint now, Predicate<string>? counts = null)
    {
        var differs = Parts(record) is { } before
            ? Fingerprint.Difference(before, $"{now}", counts)
            : "an earlier version made it, which did not keep of what";
        if (differs is not null)
            throw new InvalidDataException($"{path} was made of something else than now: {differs}; {WayOut}");
    }

    private static string? Parts(JsonObject record) =>
        record[MadeOf] is JsonArray lines ? string.Join('\n', lines.Select(line => $"{line}")) : null;
}
