using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Reports;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.RunReports;

/// <summary>
/// A run that names a class for each image: first what was found and how sure it is, then where the model errs, then how it
/// was made.
/// </summary>
public sealed class ClassifierReport : IRunReport
{
    private static readonly Metric[] Told =
    [
        Metric.Accuracy,
        Metric.BalancedAccuracy,
        Metric.Auc,
        Metric.RecognitionRate,
    ];

    /// <summary>Sections of a method's own, which follow the figures; nulls are left out.</summary>
    public Func<ReportedRun, IEnumerable<ReportSection?>> Own { get; init; } = _ => [];

    /// <summary>How a part without epochs was trained; null: nothing is known of it.</summary>
    public Func<FinishedPart, IEnumerable<ReportBlock>?> Fitting { get; init; } = _ => null;

    /// <inheritdoc/>
    public IEnumerable<ReportBlock> Summary(FinishedRun run)
    {
        RunDescription[] parts = [.. run.Parts.Select(p => p.Description)];
        foreach (var tested in TestedSets.Of(run))
        {
            var figures = ClassificationEvaluation.Of(tested).Figures;
            yield return new Paragraph(
                string.Join("  ", Told.Select(m => $"{m.Key()} {FigureText.WithInterval(figures[m])}"))
            );
            foreach (var line in DoubtSection.Lines(tested, parts))
                yield return new Paragraph(line);
        }
    }

    /// <inheritdoc/>
    public Report Page(FinishedRun run)
    {
        var judged = ReportedRun.Of(run);
        ReportSection?[] sections =
        [
            FigureSection.Of(judged),
            DoubtSection.Of(judged.Tested, Descriptions(judged), judged.Thing),
            .. Own(judged),
            PatientSection.Of(judged),
            new ReportSection("confusion", "Confusion matrix", Confusion(judged)),
            CurveSection.Of(judged),
            TrainingSection.Of(judged, Fitting),
            MaskSection.Of(judged),
            InsideSection.Of(judged),
            WrongSection.Of(judged),
            FactSection.Of(judged),
        ];
        return new Report(run.Title, [.. sections.OfType<ReportSection>()]) { Head = ResultHead.Of(judged) };
    }

    private static RunDescription[] Descriptions(ReportedRun run) => [.. run.Parts.Select(p => p.Description)];

    private static ReportBlock[] Confusion(ReportedRun run) =>
        [
            new Note(
                "Images by true class (rows) and predicted class (columns), with their share of the row; "
                    + "what is outlined is right."
                    + (run.Repeated ? " Images tested in several parts count as often as they were tested." : "")
            ),
            new ConfusionMatrix(run.Whole.Classes, run.Whole.Confusion),
        ];
}
