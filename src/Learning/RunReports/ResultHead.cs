using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>The head of the report: the result in words, four figures, and the warnings.</summary>
internal static class ResultHead
{
    internal static IReadOnlyList<ReportBlock> Of(ReportedRun run) =>
        [new ResultText(Sentence(run)), TilesOf(run), .. ResultWarnings.Of(run).Select(w => new Warning(w))];

    private static string Sentence(ReportedRun run)
    {
        var baseline =
            $"always naming the most frequent class, “{run.MajorityClass}”, "
            + $"would reach {FigureText.Percent(run.MajorityShare)}";
        var (imageWise, things) = (run.First.ImageWise, run.Thing + "s");
        if (run.Repeated)
        {
            var tested = FigureText.Count(run.Tested.Rows.Select(r => r.Patient).Distinct().Count(), "patient");
            var accuracy = FigureText.Spread(run.Parts.Select(p => p.Evaluation.Figures[Metric.Accuracy].Value));
            var auc = FigureText.Spread(run.Parts.Select(p => p.Evaluation.Figures[Metric.Auc].Value));
            return $"Over {run.Parts.Count} divisions of the {(imageWise ? things : "patients")} ({tested} tested in all), "
                + $"each with a model judged on {(imageWise ? $"{things} of patients it knows" : "patients it never saw")}, {FigureText.Percent(accuracy.Mean)} of the {things} were classified "
                + $"correctly on average (standard deviation {FigureText.Percent(accuracy.Deviation)}); {baseline}. "
                + $"The AUC is {FigureText.Spread(auc)}, where 0.5 is chance.";
        }
        var (right, area) = (run.Whole.Figures[Metric.Accuracy], run.Whole.Figures[Metric.Auc]);
        var who =
            imageWise ? $", of whom the models know other {things}"
            : run.Parts.Count == 1 ? " that the model never saw"
            : $", each judged by a model that never saw the patient ({run.Parts.Count}-fold cross-validation)";
        return $"Of {FigureText.Count(run.Whole.Images, run.Thing)} of {FigureText.Count(run.Whole.Patients, "patient")}{who}, "
            + $"{FigureText.Percent(right.Value)} were classified correctly{Bounds(right, FigureText.Percent)}; {baseline}. "
            + (
                area.Value is null
                    ? $"There is no AUC: {area.Reason}."
                    : $"The AUC is {FigureText.Number(area.Value)}{Bounds(area, FigureText.Number)}, "
                        + "where 0.5 is chance and 1 is perfect."
            );
    }

    private static string Bounds(Estimate figure, Func<double?, string> write) =>
        figure is { Low: not null, High: not null }
            ? $" (95 % interval {write(figure.Low)} to {write(figure.High)})"
            : "";

    private static Tiles TilesOf(ReportedRun run)
    {
        Tile FigureTile(string name, Metric metric)
        {
            if (!run.Repeated)
                return new Tile(
                    name,
                    FigureText.Number(run.Whole.Figures[metric].Value),
                    $"95 %: {FigureText.Interval(run.Whole.Figures[metric])}"
                );
            var spread = FigureText.Spread(run.Parts.Select(p => p.Evaluation.Figures[metric].Value));
            return new Tile(
                name,
                FigureText.Number(spread.Mean),
                $"± {FigureText.Number(spread.Deviation)} over {FigureText.Count(spread.Count, "part")}"
            );
        }
        var patients = run.Tested.Rows.Select(r => r.Patient).Distinct().Count();
        var images = run.Tested.Rows.Select(r => r.Image).Distinct().Count();
        return new Tiles([
            FigureTile("Accuracy", Metric.Accuracy),
            FigureTile("AUC", Metric.Auc),
            FigureTile("Per-patient rate", Metric.RecognitionRate),
            new Tile("Tested on", FigureText.Count(patients, "patient"), FigureText.Count(images, run.Thing)),
        ]);
    }
}
