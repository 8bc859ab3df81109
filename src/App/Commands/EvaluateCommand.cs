using System.CommandLine;
using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Evaluation.Statistics;
using Coverslip.Files;
using Coverslip.Learning.Reports;
using Coverslip.Learning.Runs;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip evaluate</c>: figures of predictions, each with an interval over patients.</summary>
internal static class EvaluateCommand
{
    private static readonly Argument<string> File = new("predictions")
    {
        Description = "The predictions file: image,patient,label,predicted,p_<class>…",
    };

    private static readonly Option<string> CohortFile = new("--cohort")
    {
        Description = "The cohort file.",
        Required = true,
    };

    private static readonly Option<string?> Positive = new("--positive")
    {
        Description =
            "The positive class of two. [default: by meaning, as tumor before normal; else the second in ordinal order; two that mean the same are refused]",
    };

    private static readonly Option<double?> Threshold = new("--threshold")
    {
        Description =
            "Decide anew: positive from this probability on, of an image or, by mean and maximum, of a patient. [default: the predicted column as it is; patients at 0.5]",
    };

    private static readonly Option<string?> PerPatient = new("--per-patient")
    {
        Description = "Make one prediction per patient first: mean, maximum or vote.",
    };

    private static readonly Option<int> Bootstrap = new("--bootstrap")
    {
        Description = "Draws of the bootstrap over patients, 0 for no intervals.",
        DefaultValueFactory = _ => 2000,
    };

    private static readonly Option<long> Seed = new("--seed")
    {
        Description = "Seed of the bootstrap.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<string?> Against = new("--against")
    {
        Description = "Other predictions of the same images: also print the paired differences, these minus those.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print the figures as one JSON object." };

    private static readonly Option<string?> Output = new("--out")
    {
        Description = "Folder for evaluation.json and reliability.svg. [default: beside the predictions]",
    };

    public static Command Create()
    {
        PerPatient.AcceptOnlyFromAmong("mean", "maximum", "vote");
        var classification = new Command(
            "classification",
            """
            Judge the predicted classes of images.

            Examples:
              coverslip evaluate classification run/predictions.csv --cohort cohort.csv
              coverslip evaluate classification predictions.csv --cohort cohort.csv --positive malignant --json
              coverslip evaluate classification a.csv --cohort cohort.csv --against b.csv
            """
        )
        {
            File,
            CohortFile,
            Positive,
            Threshold,
            PerPatient,
            Bootstrap,
            Seed,
            Against,
            Json,
            Output,
        };
        classification.Validators.Add(parsed =>
        {
            if (int.TryParse(parsed.Text(Bootstrap), CultureInfo.InvariantCulture, out var draws) && draws < 0)
                parsed.AddError($"--bootstrap is {draws}; write 0 for no intervals, or how many draws.");
            if (
                double.TryParse(parsed.Text(Threshold), CultureInfo.InvariantCulture, out var share)
                && !(share is >= 0 and <= 1)
            )
                parsed.AddError($"--threshold is {parsed.Text(Threshold)}; write a probability, 0 to 1.");
        });
        classification.SetAction(parsed => Run(parsed));
        return new Command(
            "evaluate",
            """
            Figures of predictions, each with an interval over patients.

            Examples:
              coverslip evaluate classification run/predictions.csv --cohort cohort.csv
              coverslip evaluate findings run/predictions.csv --cohort cohort.csv --boxes boxes.csv
              coverslip evaluate segmentation masks --cohort cohort.csv
              coverslip evaluate froc heatmaps/detections --masks truth --level 5 --slide-mpp 0.243
            """
        )
        {
            classification,
            EvaluateFindingsCommand.Create(),
            EvaluateSegmentationCommand.Create(),
            EvaluateCurvesCommand.Create(),
            EvaluateFrocCommand.Create(),
            EvaluateRocCommand.Create(),
            EvaluateKappaCommand.Create(),
        };
    }

    private static int Run(ParseResult parsed)
    {
        var path = parsed.GetValue(File)!;
        // Tables of a million rows are read at once; what is wrong with the cohort is told first.
        var read = Task.Run(() => Predictions.Read(path));
        var cohort = FolderCohort.Load(parsed.GetValue(CohortFile)!, CohortChecks.Table);
        var options = new EvaluationOptions
        {
            Positive = parsed.GetValue(Positive),
            Bootstrap = parsed.GetValue(Bootstrap),
            Seed = parsed.GetValue(Seed),
        };
        var all = read.GetAwaiter().GetResult().Within(cohort);
        var predictions = Decided(all, parsed);
        var evaluation = ClassificationEvaluation.Of(predictions, options);
        var comparison = parsed.GetValue(Against) is { } other
            ? PairedComparison.Of(predictions, Decided(Predictions.Read(other).Within(cohort), parsed), options)
            : null;

        string?[] notes = [IsImageWise(path) ? Split.InflatedNote : null, predictions.SeenNote];
        var note = notes.Any(n => n is not null) ? string.Join("; ", notes.Where(n => n is not null)) : null;
        var folder = parsed.GetValue(Output) ?? Path.GetDirectoryName(Path.GetFullPath(path))!;
        var report = Path.Combine(folder, "evaluation.json");
        WholeFile.Write(report, stream => EvaluationReport.WriteJson(stream, evaluation, comparison, note));
        if (evaluation.Reliability.Count > 0)
            WholeFile.Write(
                Path.Combine(folder, "reliability.svg"),
                ReliabilityPlot.Svg(evaluation.Reliability, evaluation.Positive ?? "the predicted class")
            );

        if (parsed.GetValue(Json))
        {
            Console.WriteLine(System.IO.File.ReadAllText(report));
            return 0;
        }
        if (note is not null)
            Console.WriteLine(note);
        Print(evaluation, comparison);
        if (cohort.Rows.Count - all.Rows.Count is > 0 and var without)
            Console.WriteLine(
                $"{without} of {cohort.Rows.Count} images of {cohort.Path} have no prediction there, and are not judged"
            );
        Console.WriteLine($"wrote {report}");
        return 0;
    }

    /// <summary>Whether the run in whose folder the predictions lie divided images and not patients.</summary>
    private static bool IsImageWise(string predictions)
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(Path.GetFullPath(predictions))!);
        string[] runs = [folder.FullName, Path.Combine(folder.FullName, "part-1")];
        return runs.Select(run => Path.Combine(run, "run.json"))
            .Any(file => System.IO.File.Exists(file) && RunDescription.SaysImageWise(file));
    }

    /// <summary>As the call asks for it: by another threshold, by patients.</summary>
    private static Predictions Decided(Predictions predictions, ParseResult parsed)
    {
        var named = predictions.Named;
        var positive = parsed.GetValue(Positive);
        if (positive is null)
            ClassMeaning.CheckTold(named, $"--positive {named[^1]}, or the other one");
        positive ??= ClassMeaning.PositiveOrSecond(named);
        var threshold = parsed.GetValue(Threshold);
        if (threshold is { } from)
            predictions = predictions.Decide(positive ?? "", from);
        return parsed.GetValue(PerPatient) is { } rule
            ? PatientAggregation.Aggregate(
                predictions,
                Enum.Parse<PatientRule>(rule, ignoreCase: true),
                positive,
                threshold ?? PatientAggregation.Half
            )
            : predictions;
    }

    private static void Print(ClassificationEvaluation evaluation, PairedComparison? comparison)
    {
        Console.WriteLine(
            $"{evaluation.Images} images of {evaluation.Patients} patients"
                + (evaluation.Positive is null ? "" : $", positive: {evaluation.Positive}")
        );
        Console.WriteLine();
        PrintFigures(evaluation.Figures);
        if (evaluation.Redrawn > 0)
            Console.WriteLine($"{evaluation.Redrawn} bootstrap draws without every class were drawn again");
        Console.WriteLine();
        ConsoleTable.WriteConfusion(evaluation.Classes, evaluation.Confusion);
        PrintDoubt(evaluation);
        if (comparison is null)
            return;
        Console.WriteLine();
        Console.WriteLine("difference to the other predictions, paired by patient");
        PrintFigures(comparison.Differences);
    }

    private static void PrintDoubt(ClassificationEvaluation evaluation)
    {
        List<(string, Estimate)> figures = [];
        if (evaluation.Sets is { } sets)
            figures.AddRange([
                ("sets that hold the label", sets.Coverage),
                .. sets.ByClass.Select(c => ($"… of {c.Key}", c.Value)),
            ]);
        if (evaluation.Unfamiliar is { } unfamiliar)
            figures.Add(("unfamiliar images", unfamiliar));
        if (figures.Count == 0)
            return;
        Console.WriteLine();
        ConsoleTable.Write(figures);
        if (evaluation.Sets is { } sized)
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{sized.MeanSize:0.00} of {evaluation.Classes.Count} classes in a set; one class {FigureText.Percent(sized.OneClass)}, every class {FigureText.Percent(sized.AllClasses)} of the images"
                )
            );
    }

    private static void PrintFigures(IReadOnlyDictionary<Metric, Estimate> figures) =>
        ConsoleTable.Write(MetricNames.All.Select(m => (m.Key().Replace('_', ' '), figures[m])));
}
