using Coverslip.App.Reports;
using Coverslip.App.Studies;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Studies;
using Coverslip.Methods;

namespace Coverslip.App.Commands;

/// <summary>What a study leaves beside its runs: tables, figures, the page.</summary>
internal static class StudyOutput
{
    /// <summary>The first part of every model that is done, in each group.</summary>
    private static IReadOnlyList<(StudyGroup Group, IReadOnlyList<NamedPart> Parts)> FirstParts(
        StudyOutcome outcome,
        IReadOnlyList<(StudyGroup Group, Split Part)> groups
    ) =>
        [
            .. groups.Zip(
                outcome.Groups,
                (g, shown) =>
                    (
                        g.Group,
                        (IReadOnlyList<NamedPart>)
                            [
                                .. shown
                                    .Rows.Select(r => new NamedPart(
                                        r.Run.Model,
                                        TrainingSession.PartFolder(g.Group.Folder.Run(Chosen(r)), 0, g.Part.Parts.Count)
                                    )
                                    {
                                        IsBaseline = r.Run.IsBaseline,
                                    })
                                    .Where(p => File.Exists(Path.Combine(p.Folder, "run.json"))),
                            ]
                    )
            ),
        ];

    /// <summary>What methods show of the first part's test images, every model beside the truth.</summary>
    private static IEnumerable<ReportSection> Pictures(
        IReadOnlyList<(StudyGroup Group, IReadOnlyList<NamedPart> Parts)> groups
    )
    {
        foreach (var (group, parts) in groups)
        {
            if (HeatmapsSideBySide.Of($"heatmaps{group.Name}", group.Cohort, parts) is { } heatmaps)
                yield return heatmaps;
            foreach (var method in Known.Methods.All)
                if (IRunReport.Of(method).SideBySide($"maps{group.Name}", group.Cohort, parts) is { } section)
                    yield return section;
        }
    }

    /// <summary>The same of some methods as files.</summary>
    private static IEnumerable<string> Written(
        StudyFolder folder,
        IReadOnlyList<(StudyGroup Group, IReadOnlyList<NamedPart> Parts)> groups
    ) =>
        from g in groups
        from method in Known.Methods.All
        from file in IRunReport
            .Of(method)
            .WritePictures(folder.At(Path.Combine("pictures", g.Group.Name)), g.Group.Cohort, g.Parts)
        select file;

    /// <summary>What is trained of a row, or of the rates that were tried the one that the first part's validation patients chose.</summary>
    private static StudyRun Chosen(StudyRow row) =>
        row.Run.Trained.FirstOrDefault(t => t.Rate == row.Rates.FirstOrDefault()) ?? row.Run.Trained[0];

    /// <summary>Writes tables and page into the study's folder, and prints the tables.</summary>
    internal static void Write(
        StudyOutcome outcome,
        StudyFolder folder,
        IReadOnlyList<(StudyGroup Group, Split Part)> groups
    )
    {
        var text = StudyTable.Markdown(outcome);
        WholeFile.Write(folder.At("table.md"), $"# {outcome.Study.Title}\n\n{text}");
        CsvTable.Write(folder.At("table.csv"), StudyTable.Csv(outcome));
        if (outcome.Study.Further.Count > 0)
            CsvTable.Write(folder.At("figures.csv"), StudyDifferences.Csv(outcome));
        if (outcome.Study.Curve.Length > 0)
            CsvTable.Write(folder.At("curve.csv"), StudyCurve.Csv(outcome));
        if (outcome.External is { } external)
            CsvTable.Write(folder.At("external.csv"), external.Csv());
        var page = folder.At("study.html");
        var parts = FirstParts(outcome, groups);
        WholeFile.Write(page, Page.Text(StudyReport.Of(outcome, Pictures(parts))));
        string[] pictures = [.. Written(folder, parts)];
        Console.WriteLine(outcome.Study.Title);
        Console.WriteLine();
        Console.Write(text);
        Console.WriteLine($"report: {page}");
        if (pictures.Length > 0)
            Console.WriteLine($"pictures of {pictures.Length} test slides: {Path.GetDirectoryName(pictures[0])}");
        if (outcome.Rows.Any(r => r.Known.Count < r.Figures.Count))
            Console.WriteLine("not every part is done; the same command goes on");
    }
}
