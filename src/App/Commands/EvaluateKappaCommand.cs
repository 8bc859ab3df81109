using System.CommandLine;
using Coverslip.Evaluation.Staging;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip evaluate kappa</c>: pN stages against the true ones, as CAMELYON17 does.</summary>
internal static class EvaluateKappaCommand
{
    private static readonly Argument<string> File = new("predicted")
    {
        Description = "CSV: patient,stage; rows whose name ends in .zip are patients.",
    };

    private static readonly Option<string> Truth = new("--truth")
    {
        Description = "The true stages, in the same form.",
        Required = true,
    };

    private static readonly EvaluationOptionSet Shared = new();

    internal static Command Create()
    {
        var command = new Command(
            "kappa",
            """
            Judge pN stages of patients: quadratic weighted kappa, as CAMELYON17.

            Example:
              coverslip evaluate kappa predicted.csv --truth stage_labels.csv
            """
        )
        {
            File,
            Truth,
        };
        Shared.AddTo(command, slides: false);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (predicted, truth) = (StageFile.Read(parsed.GetValue(File)!), StageFile.Read(parsed.GetValue(Truth)!));
        var evaluation = KappaEvaluation.Of(
            predicted,
            truth,
            new KappaOptions { Bootstrap = Shared.Bootstrap(parsed), Seed = Shared.Seed(parsed) }
        );
        Name(predicted.Path, evaluation.Unused);
        Name(truth.Path, truth.Unused);
        return Shared.Print(
            parsed,
            (
                new KappaJson(evaluation.Kappa, evaluation.Patients, evaluation.Unused.Count),
                FiguresJson.Default.KappaJson
            ),
            evaluation.Redrawn,
            () => Print(evaluation, predicted.Nodes)
        );
    }

    // To the error stream, so that --json stays one object.
    private static void Name(string path, IReadOnlyList<UnusedRow> rows)
    {
        foreach (var row in rows)
            Console.Error.WriteLine($"{path}: row {row.Row}: '{row.Text}' {row.Reason} and is not used");
    }

    private static void Print(KappaEvaluation evaluation, int nodes)
    {
        Console.WriteLine($"{evaluation.Patients} patients" + (nodes > 0 ? $", {nodes} rows of nodes left aside" : ""));
        Console.WriteLine();
        ConsoleTable.Write([("quadratic weighted kappa", evaluation.Kappa)]);
        Console.WriteLine();
        ConsoleTable.WriteConfusion(PathologicStages.Names, evaluation.Confusion);
    }
}
