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
            stream => JsonSerializer.Serialize(stream, ByKey(), RunJson.Default.OrderedDictionaryStringObject)
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
            var all =
                JsonSerializer.Deserialize(File.ReadAllBytes(path), RunJson.Default.OrderedDictionaryStringJsonElement)
                ?? throw new JsonException("it holds null");
            return new RunFigures(
                [.. Of(JsonValueKind.Object).Select(p => (p.Key, p.Value.Deserialize(RunJson.Default.Estimate)!))],
                [.. Of(JsonValueKind.Number).Select(p => (p.Key, p.Value.GetInt32()))]
            );

            IEnumerable<KeyValuePair<string, JsonElement>> Of(JsonValueKind kind) =>
                all.Where(p => p.Value.ValueKind == kind);
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            throw new InvalidDataException($"{path} holds no figures: {error.Message}", error);
        }
    }

    /// <summary>All of them, figures first: which keys there are is the method's to say.</summary>
    private OrderedDictionary<string, object> ByKey() =>
        new([
            .. Figures.Select(f => KeyValuePair.Create(f.Key, (object)f.Figure)),
            .. Counts.Select(c => KeyValuePair.Create(c.Key, (object)c.Count)),
        ]);
}
