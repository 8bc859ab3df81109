using Coverslip.Evaluation.Readers;
using Coverslip.Evaluation.Statistics;
using Coverslip.Files;

namespace Coverslip.App.Commands;

/// <summary>A study's figures and readings as tables.</summary>
internal static class ReadingTables
{
    /// <summary>A row to each figure of each reader, and of all: before, with the machine's view, gain.</summary>
    /// <param name="path">The file.</param>
    /// <param name="evaluation">The figures.</param>
    /// <param name="all">What all readers together are called.</param>
    internal static void WriteFigures(string path, ReaderEvaluation evaluation, string all)
    {
        string[] Numbers(Estimate e) => [CsvTable.Text(e.Value), CsvTable.Text(e.Low), CsvTable.Text(e.High)];
        IEnumerable<string> Row(string reader, string figure, FigureChange change) =>
            [reader, figure, .. Numbers(change.Before), .. Numbers(change.After), .. Numbers(change.Gain)];
        string[] times = ["before", "after", "gain"];
        CsvTable.Write(
            path,
            ["reader", "figure", .. times.SelectMany(t => new[] { t, $"{t}_low", $"{t}_high" })],
            [
                .. evaluation
                    .Readers.Prepend(evaluation.Pooled)
                    .SelectMany(r => r.Figures.Select(f => Row(r.Reader ?? all, f.Key.Key(), f.Value))),
                Row(all, "fleiss_kappa", evaluation.Agreement),
            ]
        );
    }

    /// <summary>A row to each finished reading, for other programs (MRMCaov, RJafroc, iMRMC).</summary>
    internal static void WriteReadings(string path, ReaderStudy study)
    {
        string[] Of(Verdict v) =>
            [
                v.Class,
                $"{v.Confidence}",
                $"{v.Rating}",
                $"{v.Found.Count(f => f is not null)}",
                CsvTable.Text(v.FalseMark),
                CsvTable.Text(v.Seconds),
                CsvTable.Text(v.ActiveSeconds),
            ];
        string[] columns =
        [
            "class",
            "confidence",
            "rating",
            "lesions_found",
            "false_mark",
            "seconds",
            "active_seconds",
        ];
        CsvTable.Write(
            path,
            [
                "reader",
                "image",
                "patient",
                "truth",
                "positive",
                "lesions",
                .. columns.Select(c => $"before_{c}"),
                .. columns.Select(c => $"after_{c}"),
            ],
            study
                .Readings.Index()
                .SelectMany(r =>
                    r.Item.Index()
                        .Where(x => x.Item is not null)
                        .Select(x => (Case: study.Cases[x.Index], Reading: x.Item!))
                        .Select(x =>
                            (IEnumerable<string>)
                                [
                                    study.Readers[r.Index],
                                    x.Case.Name,
                                    x.Case.Patient,
                                    x.Case.Truth,
                                    x.Case.Positive ? "1" : "0",
                                    $"{x.Case.Lesions}",
                                    .. Of(x.Reading.Before),
                                    .. Of(x.Reading.After),
                                ]
                        )
                )
        );
    }
}
