using Coverslip.Evaluation.Statistics;
using Coverslip.Files;
using Coverslip.Learning.Reports;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.Studies;

/// <summary>What a study's chosen model, and no other, is worth on a cohort that nothing was learned from or chosen by.</summary>
/// <param name="Choice">The model, and why.</param>
/// <param name="Cohort">The cohort's file.</param>
/// <param name="External">Its figures there.</param>
public sealed record StudyExternal(StudyChoice Choice, string Cohort, RunFigures External)
{
    /// <summary>The same figures over the study's own test patients, as far as there are any.</summary>
    public required IReadOnlyList<(string Key, Estimate Figure)> Internal { get; init; }

    /// <summary>What has to be known of the cohort beside it; empty by default.</summary>
    public string Caution { get; init; } = "";

    /// <summary>A line per figure, heads first.</summary>
    internal IReadOnlyList<IReadOnlyList<string>> Lines =>
        [
            ["figure", "the study's test patients", "external"],
            .. External.Figures.Select(f =>
                (IReadOnlyList<string>)
                    [
                        f.Key.Replace('_', ' '),
                        InternalOf(f.Key) is { } own ? FigureText.WithEnds(own) : FigureText.None,
                        FigureText.WithEnds(f.Figure),
                    ]
            ),
        ];

    /// <summary>Which model, why it, and of what the figures are.</summary>
    internal string Note =>
        $"{Choice.Run.Title}, alone, on {Path.GetFileName(Cohort)} ({string.Join(", ", External.Counts.Select(c => $"{c.Count} {c.Key}"))}), after everything else. It was chosen by the {Choice.Why}; "
        + "external figures chose nothing. There all its parts answer together (the mean of their probabilities); in the study each part was tested on patients that it had not seen. In brackets 95 % intervals by drawing patients."
        + (Caution.Length > 0 ? $" {Caution}" : "");

    /// <summary>The section of the study's page.</summary>
    internal ReportSection Section =>
        ReportSection.Of("external", "External validation", Table.OfLines(Lines, text: 1), new Note(Note));

    /// <summary>In full precision, heads first.</summary>
    public IEnumerable<IReadOnlyList<string>> Csv()
    {
        yield return
        [
            "model",
            "cohort",
            "figure",
            "internal",
            "internal_low",
            "internal_high",
            "external",
            "external_low",
            "external_high",
        ];
        foreach (var (key, figure) in External.Figures)
        {
            var own = InternalOf(key);
            double?[] numbers = [own?.Value, own?.Low, own?.High, figure.Value, figure.Low, figure.High];
            yield return [Choice.Run.Title, Cohort, key, .. numbers.Select(CsvTable.Text)];
        }
    }

    private Estimate? InternalOf(string key) => Internal.FirstOrDefault(f => f.Key == key).Figure;
}
