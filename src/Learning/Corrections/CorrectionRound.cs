using System.Globalization;
using System.Text.Json;
using Coverslip.Files;
using Coverslip.Slides.Annotations;

namespace Coverslip.Learning.Corrections;

/// <summary>What came of teaching the probe once.</summary>
public sealed record CorrectionRound
{
    /// <summary>1 is the first.</summary>
    public required int Number { get; init; }

    /// <summary>Minutes of annotation since the correction was begun, as whoever asked for the round measured them.</summary>
    public required double Minutes { get; init; }

    /// <summary>Regions of all classes.</summary>
    public required int Regions { get; init; }

    /// <summary>Slides that are drawn on.</summary>
    public required int Slides { get; init; }

    /// <summary>Windows that the probe was taught.</summary>
    public required int Windows { get; init; }

    /// <summary>Windows that two classes claim, and that taught nothing.</summary>
    public required int Contradicted { get; init; }

    /// <summary>Seconds that it took to teach the probe, without features that had to be computed.</summary>
    public required double Seconds { get; init; }

    /// <summary>How well it judges patients kept aside.</summary>
    public required AsideFigures Aside { get; init; }
}

/// <summary>
/// The rounds of a correction: of each the regions, the probe and what came of it, in a folder that is there whole or not at all.
/// </summary>
internal sealed class RoundFiles(CorrectionFolder folder)
{
    private const string Record = "round.json";

    /// <summary>All, the first first.</summary>
    /// <exception cref="InvalidDataException">A damaged one.</exception>
    internal IReadOnlyList<CorrectionRound> Read()
    {
        if (!Directory.Exists(folder.Rounds))
            return [];
        return
        [
            .. Directory
                .EnumerateDirectories(folder.Rounds)
                .Where(f => File.Exists(Path.Combine(f, Record)) && Path.GetFileName(f)[0] != '.')
                .Select(f => ReadOne(Path.Combine(f, Record)))
                .OrderBy(r => r.Number),
        ];
    }

    /// <summary>Keeps a round, and writes the table of all.</summary>
    internal void Write(CorrectionRound round, WindowProbe probe, IReadOnlyDictionary<string, AnnotationSet> regions)
    {
        var name = round.Number.ToString("000", CultureInfo.InvariantCulture);
        var unfinished = Path.Combine(folder.Rounds, $".{name}");
        if (Directory.Exists(unfinished)) // of a process that was killed
            Directory.Delete(unfinished, recursive: true);
        foreach (var (slide, set) in regions)
            AnnotationFile.Write(
                Path.Combine(unfinished, "annotations", $"{slide}.geojson"),
                set,
                AnnotationFormat.GeoJson
            );
        probe.Write(Path.Combine(unfinished, "probe.safetensors"));
        WholeFile.Write(
            Path.Combine(unfinished, Record),
            stream => JsonSerializer.Serialize(stream, round, CorrectionJson.Default.CorrectionRound)
        );
        Directory.Move(unfinished, Path.Combine(folder.Rounds, name));
        WriteTable();
    }

    private void WriteTable() =>
        CsvTable.Write(
            folder.Table,
            ["round", "minutes", "regions", "slides", "windows", "contradicted", "seconds", "window_auc", "slide_auc"],
            Read()
                .Select(r =>
                    (string[])
                        [
                            Text(r.Number),
                            Text(r.Minutes),
                            Text(r.Regions),
                            Text(r.Slides),
                            Text(r.Windows),
                            Text(r.Contradicted),
                            Text(r.Seconds),
                            r.Aside.WindowAuc is { } windows ? Text(windows) : "",
                            r.Aside.SlideAuc is { } slides ? Text(slides) : "",
                        ]
                )
        );

    private static CorrectionRound ReadOne(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), CorrectionJson.Default.CorrectionRound)
                ?? throw new JsonException("it holds null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"{path} is damaged: {error.Message}; move its folder away, the other rounds stay",
                error
            );
        }
    }

    private static string Text(double value) => Math.Round(value, 4).ToString("R", CultureInfo.InvariantCulture);
}
