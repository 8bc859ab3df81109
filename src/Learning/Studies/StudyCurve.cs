using System.Globalization;
using Coverslip.Files;

namespace Coverslip.Learning.Studies;

/// <summary>Where a model stands on a study's curves.</summary>
/// <param name="Line">The curve.</param>
/// <param name="At">Its place on the x axis, such as the number of annotated windows.</param>
public readonly record struct CurvePoint(string Line, double At);

/// <summary>
/// Models of a study as points of curves, such as the figure over the size of the training set with and without
/// pre-training: a row for each place on the x axis, the curves side by side, each with all figures.
/// </summary>
public static class StudyCurve
{
    /// <summary>What the table is.</summary>
    public static string NoteOf(StudyRecipe study) =>
        $"By {study.Curve}: mean ± standard deviation over the parts. curve.csv has every part's figure.";

    /// <summary>The table's lines, heads first; empty where no model is a point.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Lines(IReadOnlyList<StudyRow> rows)
    {
        StudyRow[] points = [.. rows.Where(r => r.Run.Point is not null)];
        if (points.Length == 0)
            return [];
        string[] lines = [.. points.Select(p => p.Run.Point!.Value.Line).Distinct()];
        var figures = points[0].Measured;
        return
        [
            ["", .. lines.SelectMany(line => figures.Select(f => $"{line}: {f.Figure.Words}"))],
            .. points
                .Select(p => p.Run.Point!.Value.At)
                .Distinct()
                .OrderDescending()
                .Select(at =>
                    (IReadOnlyList<string>)
                        [
                            at.ToString(CultureInfo.InvariantCulture),
                            .. lines.SelectMany(line =>
                                points.FirstOrDefault(p => p.Run.Point == new CurvePoint(line, at)) is { } point
                                    ? point.Measured.Select(StudyDifferences.MeanOf)
                                    : figures.Select(_ => "–")
                            ),
                        ]
                ),
        ];
    }

    /// <summary>A line per point, figure and part, full precision; heads first.</summary>
    public static IEnumerable<IReadOnlyList<string>> Csv(StudyOutcome outcome)
    {
        yield return ["group", "line", "at", "figure", "part", "value"];
        foreach (var (name, rows) in outcome.Groups)
        foreach (var row in rows)
        foreach (var measured in row.Measured)
        foreach (var (part, value) in measured.Parts.Index())
            if (row.Run.Point is var (line, at))
                yield return [name, line, CsvTable.Text(at), measured.Figure.Key, $"{part + 1}", CsvTable.Text(value)];
    }
}
