using System.CommandLine;
using System.Text.Json;
using Coverslip.Evaluation;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Statistics;

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

    private static readonly Option<string> Positive = new("--positive")
    {
        Description = "The positive label, whatever its case.",
        DefaultValueFactory = _ => "tumor",
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
        var positive = parsed.GetValue(Positive)!;
        string[] columns = parsed.GetValue(Column) is { } named ? [named] : [$"p_{positive}", "probability", "score"];
        var evaluation = RocEvaluation.Of(
            SlideScores.Read(parsed.GetValue(File)!, columns),
            SlideLabels.Read(parsed.GetValue(Truth)!),
            new RocOptions
            {
                Positive = positive,
                Exclude = Shared.Exclude(parsed),
                Bootstrap = Shared.Bootstrap(parsed),
                Seed = Shared.Seed(parsed),
            }
        );
        EvaluationOptionSet.TellUnknown(evaluation.UnknownExcluded);
        return Shared.Print(parsed, json => Write(json, evaluation), evaluation.Redrawn, () => Print(evaluation));
    }

    private static void Write(Utf8JsonWriter json, RocEvaluation evaluation)
    {
        json.WriteEstimate("auc", evaluation.Auc);
        json.WriteEstimate("auc_delong", evaluation.DeLong);
        json.WriteEstimate("average_precision", evaluation.AveragePrecision);
        json.WriteNumber("slides", evaluation.Slides);
        json.WriteNumber("positives", evaluation.Positives);
        json.WriteNumber("patients", evaluation.Patients);
        json.WriteString("positive", evaluation.Options.Positive);
    }

    private static void Print(RocEvaluation evaluation)
    {
        Console.WriteLine(
            $"{evaluation.Slides} slides of {evaluation.Patients} patients, {evaluation.Positives} positive: "
                + evaluation.Options.Positive
        );
        Console.WriteLine();
        EvaluationOptionSet.Heading("95 % interval over patients");
        EvaluationOptionSet.Line("AUC, bootstrap", evaluation.Auc);
        EvaluationOptionSet.Line("AUC, DeLong", evaluation.DeLong);
        EvaluationOptionSet.Line("PR AUC (average precision)", evaluation.AveragePrecision);
    }
}
