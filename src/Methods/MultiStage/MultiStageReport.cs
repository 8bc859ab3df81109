using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlidePatches;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// Beside what any classifier is told: prediction maps of the test slides, side by side as in figure 5 of Takahama et al.
/// 2019: the slide, the truth, and every model.
/// </summary>
internal sealed class MultiStageReport : IRunReport
{
    private const int MostSlides = 12;

    private readonly ClassifierReport slides = new() { Own = run => [MapsOf(run)], Fitting = Stages };

    public RunFigures? Together(FinishedRun run) => LesionsTogether.Of(run);

    public IEnumerable<ReportBlock> Summary(FinishedRun run) =>
        [
            .. slides.Summary(run),
            .. run.Parts.SelectMany(part =>
                RunFigures.Read(part.Folder) is { } figures
                    ? Headed(run.SplitParts > 1 ? $"{part.Name}: " : "", SlideFigures.Lines(figures))
                        .Select(line => new Paragraph(line))
                    : []
            ),
        ];

    public Report Page(FinishedRun run) => slides.Page(run);

    /// <summary>The maps of several models of the same test slides; null where no model has any.</summary>
    public ReportSection? SideBySide(string id, Cohort cohort, IReadOnlyList<NamedPart> parts)
    {
        var (having, shown, all) = Shown(cohort, parts);
        if (having.Count == 0)
            return null;
        return ReportSection.Of(
            id,
            "Prediction maps",
            new Note(
                "A square is a patch. Truth: gray normal, red tumor, purple no label; predictions run from gray (0) to red (1), "
                    + "also of patches without a label. White: no tissue, or beyond the map."
                    + (all > shown.Count ? $" {shown.Count} of {all} slides are shown." : "")
            ),
            new Table(
                [new("Slide"), new(""), new("Truth"), .. having.Select(p => new Column(p.Name))],
                [
                    .. shown.Select(r =>
                        (IReadOnlyList<Cell>)
                            [
                                $"{r.Image}, {r.Label}",
                                new Picture(cohort.ImagePath(r), $"slide {r.Image}"),
                                new Picture(Truth(having, r)!, $"truth of {r.Image}"),
                                .. having.Select(p => MapOf(p, r)),
                            ]
                    ),
                ]
            )
        );
    }

    public IReadOnlyList<string> WritePictures(string folder, Cohort cohort, IReadOnlyList<NamedPart> parts)
    {
        // Trivial models disagree with all others everywhere.
        var (having, shown, _) = Shown(cohort, [.. parts.Where(p => !p.IsBaseline)]);
        var written = new List<string>();
        foreach (var row in shown)
        {
            var name = NameOf(row);
            // Runs of earlier versions kept pictures alone.
            var models = having
                .Where(p => File.Exists(PredictionMap.PatchesFile(p.Folder, name)))
                .Select(p =>
                    (
                        p.Folder,
                        Map: new PicturedMap(
                            p.Name,
                            PredictionMap.PredictedFile(p.Folder, name),
                            PatchTable.Read(PredictionMap.PatchesFile(p.Folder, name))
                        )
                    )
                )
                .ToArray();
            if (models.Length == 0)
                continue;
            // Maps may leave patches out: the truth is that beside the most.
            var (part, most) = models.MaxBy(m => m.Map.Table.Patches.Count);
            using var slide = SlideFile.Open(
                cohort.ImagePath(row),
                new SlideOptions { Mpp = CohortMpp.OfSlide(cohort, row) }
            );
            var truth = most with { Name = "truth", File = PredictionMap.TruthFile(part, name) };
            written.Add(Path.Combine(folder, $"{name}.svg"));
            var drawn = CohortSlides.AnnotationOf(cohort, row) is { } file ? AnnotationFile.Read(file) : null;
            WholeFile.Write(written[^1], MapPicture.Of(slide, drawn, truth, [.. models.Select(m => m.Map)]));
        }
        return written;
    }

    /// <summary>Parts that have maps, the slides to be shown of all that they tested, and how many those are.</summary>
    private static (IReadOnlyList<NamedPart> Having, IReadOnlyList<CohortRow> Shown, int All) Shown(
        Cohort cohort,
        IReadOnlyList<NamedPart> parts
    )
    {
        NamedPart[] having = [.. parts.Where(p => Directory.Exists(PredictionMap.Folder(p.Folder)))];
        var tested = having
            .SelectMany(p => Predictions.Read(new RunFolder(p.Folder, make: false).Predictions).Rows)
            .Select(r => r.Image)
            .ToHashSet();
        // Slides with tumor are what maps differ on; the others show tumor points.
        CohortRow[] all = [.. cohort.Rows.Where(r => tested.Contains(r.Image) && Truth(having, r) is not null)];
        var kinds = all.GroupBy(r => r.Label).Select(g => g.Take(MostSlides / cohort.Classes.Count));
        return (having, [.. kinds.SelectMany(g => g)], all.Length);
    }

    /// <summary>What each stage's epochs said of the validation slides' patches.</summary>
    private static IEnumerable<ReportBlock> Stages(FinishedPart part) =>
        StagedTraining.Stages.SelectMany(name =>
        {
            var stage = new RunFolder(Path.Combine(part.Folder, name), make: false);
            Plot[] plots = [.. EpochPlots.Of(stage, $"{name}, {part.Name}")];
            return plots.Length == 0 ? (ReportBlock[])[] : [new Subheading($"Stage {name}"), new Plots(plots)];
        });

    private static ReportSection? MapsOf(ReportedRun run) =>
        new MultiStageReport().SideBySide(
            "maps",
            run.Cohort,
            [.. run.Parts.Select(p => new NamedPart(run.Parts.Count == 1 ? "prediction" : p.Name, p.Folder))]
        );

    private static IEnumerable<string> Headed(string head, IEnumerable<string> lines) =>
        lines.Select((line, i) => i == 0 ? head + line : line);

    private static string? Truth(IReadOnlyList<NamedPart> parts, CohortRow row) =>
        parts.Select(p => PredictionMap.TruthFile(p.Folder, NameOf(row))).FirstOrDefault(File.Exists);

    private static Cell MapOf(NamedPart part, CohortRow row)
    {
        var file = PredictionMap.PredictedFile(part.Folder, NameOf(row));
        return File.Exists(file) ? new Picture(file, $"{part.Name}: {row.Image}") : FigureText.None;
    }

    private static string NameOf(CohortRow row) => Path.GetFileNameWithoutExtension(row.Image);
}
