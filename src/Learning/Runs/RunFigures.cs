using System.Text.Json;
using Coverslip.Evaluation.Statistics;
using Coverslip.Files;

namespace Coverslip.Learning.Runs;

/// <summary>
/// <c>figures.json</c>: figures of a run on what it has not seen, with 95 % intervals, beside those that any predictions
/// file gives.
/// </summary>
/// <param name="Figures">By key, such as <c>froc</c>.</param>
/// <param name="Counts">What they were computed of, such as <c>slides</c>.</param>
public sealed record RunFigures(
    IReadOnlyList<(string Key, Estimate Figure)> Figures,
    IReadOnlyList<(string Key, int Count)> Counts
)
{
    /// <summary>In a run's folder, and in each part's.</summary>
    public const string FileName = "figures.json";

    /// <summary>Writes the file into a folder.</summary>
    public void Write(string folder) =>
        WholeFile.Write(
            Path.Combine(folder, FileName),
            stream =>
            {
                using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
                json.WriteStartObject();
                foreach (var (key, figure) in Figures)
                    json.WriteEstimate(key, figure);
                foreach (var (key, count) in Counts)
                    json.WriteNumber(key, count);
                json.WriteEndObject();
            }
        );

    /// <summary>The figures of a folder; null where it has none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static RunFigures? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var all = json.RootElement.EnumerateObject().ToArray();
            return new RunFigures(
                [.. all.Where(p => p.Value.ValueKind == JsonValueKind.Object).Select(p => (p.Name, Of(p.Value)))],
                [.. all.Where(p => p.Value.ValueKind == JsonValueKind.Number).Select(p => (p.Name, p.Value.GetInt32()))]
            );
        }
        catch (Exception error)
            when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"{path} holds no figures: {error.Message}", error);
        }
    }

    private static Estimate Of(JsonElement figure)
    {
        double? Number(string name) =>
            figure.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;
        var reason = figure.TryGetProperty("reason", out var why) ? why.GetString() : null;
        return new Estimate(Number("value"), Number("low"), Number("high"), reason);
    }
}
