using System.CommandLine;
using Coverslip.Evaluation;
using Coverslip.Evaluation.Metrics;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip evaluate roc</c>: a score per slide against what is true of it.</summary>
internal static class EvaluateRocCommand
{
    private static readonly Argument<string> File = new("predictions")
    {
        Description = "CSV: image,probability with a header that names these, or without header Test_001,0.97.",
    };

    private static readonly Option<string> Truth = new("--truth")
    {
        Description = "CSV: image,label[,patient], or CAMELYON16's headerless Test_001,Tumor,IDC,Macro.",
        Required = true,
    };

    private static readonly Option<string?> Positive = new("--positive")
    {
        Description = "The positive label, in any spelling. [default: the one that means it, as tumor or malignant]",
    };

    private static readonly Option<string?> Column = new("--column")
    {
        Description = "The column with the probability. [default: p_<positive>, probability or score]",
    };

    private static readonly EvaluationOptionSet Shared = new();

    internal static Command Create()
    {
        var command = new Command(
            "roc",
            """
            Judge a score per slide: the areas under the ROC and precision-recall curves.

            Examples:
              coverslip evaluate roc predictions.csv --truth reference.csv --exclude Test_049,Test_114
              coverslip evaluate roc predictions.csv --truth truth.csv --positive malignant --json
            """
        )
        {
            File,
            Truth,
            Positive,
            Column,
        };
        Shared.AddTo(command, slides: true);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var truth = SlideLabels.Read(parsed.GetValue(Truth)!);
        SeenTable.Warn(parsed.GetValue(File)!);
        var asked = parsed.GetValue(Positive);
        var positive = truth.PositiveOf(asked);
        string[] columns = parsed.GetValue(Column) is { } named
            ? [named]
            : [.. new[] { $"p_{positive}", $"p_{asked ?? "tumor"}", "probability", "score" }.Distinct()];
        var evaluation = RocEvaluation.Of(
            SlideScores.Read(parsed.GetValue(File)!, columns),
            truth,
            new RocOptions
            {
                Positive = asked,
                Exclude = Shared.Exclude(parsed),
                Bootstrap = Shared.Bootstrap(parsed),
                Seed = Shared.Seed(parsed),
            }
        );
        EvaluationOptionSet.TellUnknown(evaluation.UnknownExcluded);
        return Shared.Print(
            parsed,
            (Json(evaluation), FiguresJson.Default.RocJson),
            evaluation.Redrawn,
            () => Print(evaluation)
        );
    }

    private static RocJson Json(RocEvaluation evaluation) =>
        new(
            evaluation.Auc,
            evaluation.DeLong,
            evaluation.AveragePrecision,
            evaluation.Slides,
            evaluation.Positives,
            evaluation.Patients,
            evaluation.Positive,
            evaluation.Negatives
        );

    private static void Print(RocEvaluation evaluation)
    {
        Console.WriteLine(
            $"{evaluation.Slides} slides of {evaluation.Patients} patients, {evaluation.Positives} positive: "
                + $"{evaluation.Positive}; negative: {string.Join(", ", evaluation.Negatives.Select(n => $"{n.Key} ({n.Value})"))}"
        );
        Console.WriteLine();
        ConsoleTable.Write([
            ("AUC, bootstrap", evaluation.Auc),
            ("AUC, DeLong", evaluation.DeLong),
            ("PR AUC (average precision)", evaluation.AveragePrecision),
        ]);
    }
}
