using System.Globalization;
using Coverslip.Evaluation.Statistics;
using Coverslip.Files;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.Studies;

/// <summary>One figure of a row on every part.</summary>
/// <param name="Figure">Which.</param>
/// <param name="Parts">Null where the part is not finished or has no such figure.</param>
public sealed record MeasuredFigure(StudyFigure Figure, IReadOnlyList<double?> Parts)
{
    /// <summary>The parts that have it.</summary>
    public double[] Known => [.. Parts.OfType<double>()];

    /// <summary>Mine minus the other's, of the parts that both have.</summary>
    public double[] Minus(MeasuredFigure other) =>
        [
            .. Parts
                .Zip(other.Parts)
                .Where(p => p.First is not null && p.Second is not null)
                .Select(p => p.First!.Value - p.Second!.Value),
        ];
}

/// <summary>
/// Several figures of every model side by side, each with its mean paired difference from the model that all are tested
/// against, and that difference's interval.
/// </summary>
public static class StudyDifferences
{
    /// <summary>What the columns are.</summary>
    public static string NoteOf(StudyRecipe study) =>
        $"Mean ± standard deviation over the parts; beside it the mean difference from {(study.Runs.Any(r => r.Against.Length > 0) ? "the model it is tested against" : study.Against)} on the same part "
        + "and its 95 % interval (Student's t over the parts). "
        + (
            study.Split.Seeds > 1
                ? "The parts are one division of the patients with other seeds: the interval says what chance in training does, not what other patients would."
                : "The parts share patients: the interval is too narrow."
        );

    /// <summary>A line per model, heads first; empty where the study names no further figure.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Lines(StudyRecipe study, IReadOnlyList<StudyRow> rows)
    {
        if (study.Further.Count == 0)
            return [];
        return
        [
            ["model", "input", .. rows[0].Measured.SelectMany(m => (string[])[m.Figure.Words, "difference"])],
            .. rows.Select(row =>
                (IReadOnlyList<string>)
                    [
                        row.Run.Model,
                        row.InputWords,
                        .. row.Measured.SelectMany((m, i) => (string[])[MeanOf(m), Between(study, rows, row, i)]),
                    ]
            ),
        ];
    }

    /// <summary>A line per model, figure and part, full precision; heads first.</summary>
    public static IEnumerable<IReadOnlyList<string>> Csv(StudyOutcome outcome)
    {
        yield return ["group", "model", "input", "figure", "part", "value"];
        foreach (var (name, rows) in outcome.Groups)
        foreach (var row in rows)
        foreach (var measured in row.Measured)
        foreach (var (part, value) in measured.Parts.Index())
            yield return
            [
                name,
                row.Run.Model,
                row.InputWords,
                measured.Figure.Key,
                $"{part + 1}",
                CsvTable.Text(value),
            ];
    }

    internal static string MeanOf(MeasuredFigure measured)
    {
        if (measured.Known.Length == 0)
            return "–";
        var (mean, deviation) = (measured.Known.Average(), Deviation(measured.Known));
        return deviation is { } known ? Text($"{mean:0.000} ± {known:0.000}") : Text($"{mean:0.000}");
    }

    private static string Between(StudyRecipe study, IReadOnlyList<StudyRow> rows, StudyRow row, int figure)
    {
        if (StudyResults.AgainstOf(study, rows, row.Run) is not { } standard)
            return "–";
        var difference = PairedTests.MeanDifference(row.Measured[figure].Minus(standard.Measured[figure]));
        return difference switch
        {
            { Value: null } => "–",
            { Low: null } => Text($"{difference.Value:+0.000;-0.000;0.000}"),
            // Alike on all parts: Student's t would call that certain.
            _ when difference.High - difference.Low < 1e-12 => Text(
                $"{difference.Value:+0.000;-0.000;0.000} on every part"
            ),
            { Low: { } low, High: var high } => Signed(difference.Value!.Value, low, high!.Value),
        };
    }

    private static string Signed(double value, double low, double high)
    {
        var zeros = new string('0', FigureText.Decimals(low, high) ?? 3);
        string Text(double number) => number.ToString($"+0.{zeros};-0.{zeros};0.{zeros}", CultureInfo.InvariantCulture);
        return $"{Text(value)} ({Text(low)} – {Text(high)})";
    }

    private static double? Deviation(double[] values)
    {
        if (values.Length < 2)
            return null;
        var mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
