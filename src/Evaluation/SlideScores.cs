using System.Globalization;
using Coverslip.Files;

namespace Coverslip.Evaluation;

/// <summary>
/// A number per slide (or image), the higher the more likely positive: CSV with the columns <c>image</c> and
/// <c>probability</c> (or another), or without header <c>Test_001,0.97</c>.
/// </summary>
public sealed class SlideScores
{
    private readonly Dictionary<string, double> scores;

    private SlideScores(string path, Dictionary<string, double> scores) => (Path, this.scores) = (path, scores);

    public string Path { get; }

    /// <summary>The slides, without extensions.</summary>
    public IReadOnlyCollection<string> Names => scores.Keys;

    /// <summary>The slide's number, or null if it has none.</summary>
    public double? Of(string name) => scores.TryGetValue(name, out var score) ? score : null;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The column with the numbers: the first of these that the header has.</param>
    /// <exception cref="InvalidDataException">
    /// No such column, no number, an empty name or a slide twice; the row is named.
    /// </exception>
    public static SlideScores Read(string path, IReadOnlyList<string> columns)
    {
        var rows = CsvTable.ReadRows(path);
        if (rows.Count == 0)
            throw new InvalidDataException($"{path}: no predictions; write a row image,probability for each");
        var header = rows[0].Fields;
        bool Is(string field, string word) => field.Equals(word, StringComparison.OrdinalIgnoreCase);
        var name = Array.FindIndex(header, f => Is(f, "image"));
        var column =
            name < 0 ? 1 : columns.Select(c => Array.FindIndex(header, f => Is(f, c))).FirstOrDefault(i => i >= 0, -1);
        if (column < 0)
            throw new InvalidDataException(
                $"{path}: row 1: no column {string.Join(" or ", columns)}; the header has {string.Join(", ", header)}; "
                    + "name the column with --column"
            );
        var scores = new Dictionary<string, double>(SlideName.Comparer);
        foreach (var row in rows.Skip(name < 0 ? 0 : 1))
        {
            var slide = SlideName.Of(row.Fields[Math.Max(name, 0)]);
            var text = column < row.Fields.Length ? row.Fields[column] : "";
            if (slide.Length == 0)
                throw new InvalidDataException($"{path}: row {row.Number}: the slide's name is empty");
            if (
                !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var score)
                || double.IsNaN(score)
            )
                throw new InvalidDataException(
                    $"{path}: row {row.Number}: '{text}' is no number; a row is image,probability, with a header that "
                        + "names these or with none"
                );
            if (!scores.TryAdd(slide, score))
                throw new InvalidDataException(
                    $"{path}: row {row.Number}: {slide} is predicted a second time; a slide is predicted once"
                );
        }
        return new SlideScores(path, scores);
    }
}
