using System.CommandLine;
using System.Text.Json;
using Coverslip.App.Reports;
using Coverslip.Evaluation.Readers;
using Coverslip.Files;
using Coverslip.Learning.Reports;
using Coverslip.Viewer.Readings;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip reading report</c>: what the machine's view did to its readers.</summary>
internal static class ReadingReportCommand
{
    private static readonly Option<string?> Out = new("--out")
    {
        Description =
            "The folder to write: report.html, figures.csv, figures.json, readings.csv. [default: NAME-report]",
    };

    private static readonly Option<string> Covariance = new("--covariance")
    {
        Description =
            "Where the covariances of AUCs come from: jackknife, or delong where each slide is another patient's.",
        DefaultValueFactory = _ => "jackknife",
    };

    private static readonly EvaluationOptionSet Shared = new();

    internal static Command Create()
    {
        Covariance.AcceptOnlyFromAmong("jackknife", "delong");
        var command = new Command(
            "report",
            """
            Judge a study: each reader and all of them, before and with the machine's view, with intervals over readers and
            patients. It may be called while readers go on; cases that are not finished count nowhere.

            Examples:
              coverslip reading report second-opinion
              coverslip reading report second-opinion --out results --bootstrap 10000
            """
        )
        {
            ReadingCommand.Name,
            Out,
            Covariance,
            ReadingCommand.Database,
        };
        Shared.AddTo(command, slides: false);
        command.SetAction(parsed => RunAsync(parsed).GetAwaiter().GetResult());
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        var (log, made) = await ReadingLog.OpenToReadAsync(ReadingCommand.Place(parsed));
        using var open = log;
        var (rows, head, fault) = await ActionChain.VerifyAsync(log.RowsAsync());
        if (fault is not null)
            throw new InvalidDataException(
                $"{made.Name}: {fault}; figures of it would be of nothing. 'coverslip reading verify' says more"
            );
        var (study, beyond) = await ReadingRows.ReadAsync(log, made);
        var source = new ReadingSource(rows, head) { MarksBeyond = beyond };
        if (study.Readings.All(r => r.All(x => x is null)))
            throw new InvalidDataException(
                $"{made.Name}: no reader has finished a case; 'coverslip reading list {made.Name}' tells how far they are"
            );
        var evaluation = ReaderEvaluation.Of(
            study,
            new ReaderOptions
            {
                Bootstrap = Shared.Bootstrap(parsed),
                Seed = Shared.Seed(parsed),
                Covariance =
                    parsed.GetValue(Covariance) == "delong" ? CovarianceMethod.DeLong : CovarianceMethod.Jackknife,
            }
        );
        var json = JsonSerializer.Serialize(
            ReadingJson.Of(evaluation) with
            {
                Simulated = made.Simulated,
                MarksBeyondSlide = beyond,
            },
            ReadingJsonContext.Default.ReadingJson
        );
        var folder = parsed.GetValue(Out) ?? $"{parsed.GetRequiredValue(ReadingCommand.Name)}-report";
        WholeFile.MakeFolder(folder);
        WholeFile.Write(Path.Combine(folder, "figures.json"), json + "\n");
        ReadingTables.WriteFigures(Path.Combine(folder, "figures.csv"), evaluation, ReadingReport.AllOf(made));
        ReadingTables.WriteReadings(Path.Combine(folder, "readings.csv"), study);
        WholeFile.Write(Path.Combine(folder, "report.html"), ReadingReport.Text(made, evaluation, source));
        if (Shared.Json(parsed))
            Console.WriteLine(json);
        else
            Print(made, evaluation, source, folder);
        return 0;
    }

    private static void Print(ReadingStudy study, ReaderEvaluation evaluation, ReadingSource source, string folder)
    {
        if (ReadingReport.Simulated(study, evaluation) is { } simulated)
            Console.WriteLine(simulated);
        Console.WriteLine(ReadingReport.Result(evaluation));
        Console.WriteLine();
        ConsoleTable.Write(
            [
                .. evaluation
                    .Pooled.Figures.SelectMany(f =>
                        new[]
                        {
                            ($"{ReadingReport.NameOf(f.Key)}, alone", f.Value.Before),
                            ($"{ReadingReport.NameOf(f.Key)}, with the machine", f.Value.After),
                        }
                    )
                    .Where(f => f.Item2.Value is not null),
            ],
            "95 % interval over readers and patients"
        );
        if (evaluation.Unfinished > 0)
            Console.WriteLine($"{FigureText.Count(evaluation.Unfinished, "reading")} not finished: left out");
        if (source.Beyond is { } beyond)
            Console.WriteLine(beyond);
        Console.WriteLine($"report: {Path.Combine(folder, "report.html")}");
    }
}
