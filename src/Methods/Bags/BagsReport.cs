using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.Methods.Bags;

/// <summary>Beside what any classifier is told: heatmaps of unseen slides, and what they are worth where lesions are outlined.</summary>
internal sealed class BagsReport : IRunReport
{
    private readonly ClassifierReport bags = new()
    {
        Own = run => [UnseenSlides.Of(run)],
        Fitting = part =>
            ChosenSettings.Of(
                part,
                "Settings, and what training patients said who were left out in turn; the chosen one learned from all of them."
            ),
    };

    public RunFigures? Together(FinishedRun run) => DetectionFigures.OfRun(run.Folder, run.Cohort, run.SplitParts);

    public IEnumerable<ReportBlock> Summary(FinishedRun run) =>
        [
            .. bags.Summary(run),
            .. Together(run) is { } figures ? SlideFigures.Lines(figures).Select(line => new Paragraph(line)) : [],
        ];

    public Report Page(FinishedRun run) => bags.Page(run);
}
