using Coverslip.App.Progress;
using Coverslip.App.Reports;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;

namespace Coverslip.App.Commands;

/// <summary>The part of <c>coverslip predict</c> that is about files of which a run says something together.</summary>
internal static class PredictTogether
{
    private const string NoneNear =
        "Nearest training cases are not named: they are found for images, and a bag is many of them.";

    internal static int Run((string Path, TrainedModel Model) run, Cohort given, string folder, bool unfamiliar)
    {
        var (model, cohort) = (run.Model, RecipeCohort.Of(run.Model.Recipe, given));
        using var claim = FolderClaim.Take(folder, "predict");
        if (!unfamiliar)
            model.CheckResolution(cohort);
        var seen = model.TrainedOn?.Seen(cohort, [.. model.Parts.Select(p => p.Part)]);
        string[] notes = seen is null ? [SeenImage.Untold] : [.. SeenImage.Notes(seen)];
        foreach (var note in notes)
            Console.Error.WriteLine(note);
        using var stop = new StopSignal();
        Predictions predictions;
        using (var line = new ProgressLine("predicting", cohort.Rows.Count, "files"))
        {
            var task = new TogetherTask(cohort, folder)
            {
                Seen = seen,
                Check = (row, source) => model.CheckFits(row, source, unfamiliar),
                Progress = done => line.Report(done),
            };
            predictions = ((IPredictsTogether)model.Recipe).PredictTogether(model, task, stop.Token);
        }
        var path = Path.Combine(folder, "predictions.csv");
        predictions.Write(path);
        var cases = new PredictedCases(
            "bag",
            PredictedCases.Ordered(predictions.Rows.Select(row => Of(model, predictions, row))),
            "predictions.csv"
        )
        {
            ScoreIs =
                "A bag stands under its first file. The score is the probability of the class that is looked for, or of the one that was called.",
        };
        ConsoleTable.Write(cases.Short());
        if (cases.Rest is { } rest)
            Console.WriteLine(rest);
        Console.WriteLine($"wrote {path}");
        Console.WriteLine($"report: {PredictionReport.Write(folder, cases, run, notes, NoneNear)}");
        return 0;
    }

    private static PredictedCase Of(TrainedModel model, Predictions predictions, Prediction row)
    {
        var positive = model.Description.Positive;
        double? threshold = positive is null ? null : model.Threshold ?? 0.5;
        var score = row.Probabilities[predictions.Classes.ToList().IndexOf(positive ?? row.Predicted)];
        return new PredictedCase(row.Image, row.Predicted, score, threshold)
        {
            Notes = PredictedCase.NotesOf(row.TrainedOn, null),
            Margin = threshold is { } from ? Math.Abs(score - from) : score,
        };
    }
}
