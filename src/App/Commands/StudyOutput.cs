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
    /// <summary>What methods show of the first part's test images, every model beside the truth.</summary>
    private static IEnumerable<ReportSection> Pictures(
        StudyOutcome outcome,
        IReadOnlyList<(StudyGroup Group, Split Part)> groups
    )
    {
        foreach (var ((group, split), (_, rows)) in groups.Zip(outcome.Groups))
        {
            NamedPart[] parts =
            [
                .. rows.Select(r => new NamedPart(
                        r.Run.Model,
                        TrainingSession.PartFolder(group.Folder.Run(Chosen(r)), 0, split.Parts.Count)
                    ))
                    .Where(p => File.Exists(Path.Combine(p.Folder, "run.json"))),
            ];
            if (HeatmapsSideBySide.Of($"heatmaps{group.Name}", group.Cohort, parts) is { } heatmaps)
                yield return heatmaps;
            foreach (var method in Known.Methods.All)
                if (IRunReport.Of(method).SideBySide($"maps{group.Name}", group.Cohort, parts) is { } section)
                    yield return section;
        }
    }

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
        WholeFile.Write(page, Page.Text(StudyReport.Of(outcome, Pictures(outcome, groups))));
        Console.WriteLine(outcome.Study.Title);
        Console.WriteLine();
        Console.Write(text);
        Console.WriteLine($"report: {page}");
        if (outcome.Rows.Any(r => r.Known.Count < r.Figures.Count))
            Console.WriteLine("not every part is done; the same command goes on");
    }
}
