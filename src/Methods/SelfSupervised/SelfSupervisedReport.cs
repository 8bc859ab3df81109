using Coverslip.Evaluation.Segmentation;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>
/// Figures of pixels, examples beside their truth, what skip connections do, the curves of both stages, how it was made.
/// </summary>
internal sealed class SelfSupervisedReport : IRunReport
{
    /// <summary>
    /// Those of several parts, where no image was tested twice; the only part of a run has its own, with more in them.
    /// </summary>
    public RunFigures? Together(FinishedRun run) =>
        run.Parts.Count > 1 && Pooled(run) is { } figures
            ? new RunFigures(figures, [("parts", run.Parts.Count)])
            : null;

    public IEnumerable<ReportBlock> Summary(FinishedRun run) =>
        Pooled(run) is { } figures ? [Line(figures)] : run.Parts.Select(part => Line(OfPart(part)));

    public Report Page(FinishedRun run)
    {
        ReportSection?[] sections =
        [
            Figures(run),
            ExampleSection.Of(run),
            .. run.Parts.Select(p => BaseExamples.Section(p.Folder, run.NameOf(p))),
            .. run.Parts.Select(p => SkipSection.Of(p.Folder, run.NameOf(p))),
            .. run.Parts.Select(p => StageSections.Curves(p, run.NameOf(p))),
            StageSections.Facts(run),
            new ReportSection("recipe", "Recipe", [new Preformatted(run.Recipe!)]),
        ];
        return new Report(run.Title, [.. sections.OfType<ReportSection>()]);
    }

    private static IReadOnlyList<(string Key, Estimate Figure)> OfPart(FinishedPart part) =>
        RunFigures.Read(part.Folder)!.Figures;

    /// <summary>Over all parts' images; null where one was tested twice, and parts have to be judged each for itself.</summary>
    private static IReadOnlyList<(string Key, Estimate Figure)>? Pooled(FinishedRun run)
    {
        SegmentedImage[] images =
        [
            .. run.Parts.SelectMany(p => SegmentedImage.Read(Path.Combine(p.Folder, SegmentedImage.FileName))),
        ];
        return images.DistinctBy(i => i.Image).Count() == images.Length ? SegmentationEvaluation.Of(images) : null;
    }

    private static Paragraph Line(IEnumerable<(string Key, Estimate Figure)> figures) =>
        new(string.Join("  ", figures.Select(f => $"{f.Key.Replace('_', '-')} {FigureText.WithInterval(f.Figure)}")));

    private static ReportSection Figures(FinishedRun run)
    {
        var together = run.Parts.Count == 1 ? OfPart(run.Parts[0]) : Pooled(run);
        return ReportSection.Of(
            "figures",
            "Figures of pixels",
            [
                new Note(
                    "Over all pixels of the test patients, whom the models never saw, in either stage; foreground from a "
                        + "probability of 0.5 on. Dice is the mean over images. Brackets: 95 % intervals by drawing patients."
                ),
                .. together is null ? (ReportBlock[])[] : [TableOf([("", together)])],
                .. run.Parts.Count > 1
                    ? (ReportBlock[])
                        [
                            new Subheading("Part by part"),
                            TableOf([.. run.Parts.Select(p => (run.NameOf(p), OfPart(p)))]),
                        ]
                    : [],
            ]
        );
    }

    private static Table TableOf(
        IReadOnlyList<(string Name, IReadOnlyList<(string Key, Estimate Figure)> Figures)> rows
    ) =>
        Table.OfLines(
            [
                ["", .. rows[0].Figures.Select(f => f.Key.Replace('_', ' '))],
                .. rows.Select(r =>
                    (IReadOnlyList<string>)[r.Name, .. r.Figures.Select(f => FigureText.WithInterval(f.Figure))]
                ),
            ],
            text: 1
        );
}
