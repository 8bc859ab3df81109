using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.Methods.TumorDetection;

/// <summary>Beside what any classifier is told: what its unseen slides are worth, and heatmaps beside the truth.</summary>
internal sealed class TumorDetectionReport : IRunReport
{
    private readonly ClassifierReport slides = new() { Own = run => [UnseenSlides.Of(run)] };

    public RunFigures? Together(FinishedRun run) => DetectionFigures.OfRun(run.Folder, run.Cohort, run.SplitParts);

    public IEnumerable<ReportBlock> Summary(FinishedRun run) =>
        [
            .. slides.Summary(run),
            .. Together(run) is { } figures ? SlideFigures.Lines(figures).Select(line => new Paragraph(line)) : [],
        ];

    public Report Page(FinishedRun run) => slides.Page(run);
}
