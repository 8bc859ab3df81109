using System.Xml.Linq;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Statistics;

namespace Coverslip.App.Reports;

/// <summary>The head of the report: the result in words, four figures, and the warnings.</summary>
internal static class ResultSection
{
    public static XElement Of(ReportedRun run, string title) =>
        Html.Tag(
            "header",
            Html.Tag("h1", title),
            Html.Tag("p", Html.Class("result"), Sentence(run)),
            Tiles(run),
            ReportWarnings
                .Of(run)
                .Select(w =>
                    Html.Tag(
                        "p",
                        Html.Class("warning"),
                        new XAttribute("role", "note"),
                        Html.Tag("strong", "Caution. "),
                        w
                    )
                )
        );

    private static string Sentence(ReportedRun run)
    {
        var baseline =
            $"always naming the most frequent class, “{run.MajorityClass}”, "
            + $"would reach {Figure.Percent(run.MajorityShare)}";
        var (imageWise, things) = (run.First.ImageWise, run.Thing + "s");
        if (run.Repeated)
        {
            var tested = Figure.Count(run.Tested.Rows.Select(r => r.Patient).Distinct().Count(), "patient");
            var accuracy = Figure.Spread(run.Parts.Select(p => p.Evaluation.Figures[Metric.Accuracy].Value));
            var auc = Figure.Spread(run.Parts.Select(p => p.Evaluation.Figures[Metric.Auc].Value));
            return $"Over {run.Parts.Count} divisions of the {(imageWise ? things : "patients")} ({tested} tested in all), "
                + $"each with a model judged on {(imageWise ? $"{things} of patients it knows" : "patients it never saw")}, {Figure.Percent(accuracy.Mean)} of the {things} were classified "
                + $"correctly on average (standard deviation {Figure.Percent(accuracy.Deviation)}); {baseline}. "
                + $"The AUC is {Figure.Spread(auc)}, where 0.5 is chance.";
        }
        var (right, area) = (run.Whole.Figures[Metric.Accuracy], run.Whole.Figures[Metric.Auc]);
        var who =
            imageWise ? $", of whom the models know other {things}"
            : run.Parts.Count == 1 ? " that the model never saw"
            : $", each judged by a model that never saw the patient ({run.Parts.Count}-fold cross-validation)";
        return $"Of {Figure.Count(run.Whole.Images, run.Thing)} of {Figure.Count(run.Whole.Patients, "patient")}{who}, "
            + $"{Figure.Percent(right.Value)} were classified correctly{Bounds(right, Figure.Percent)}; {baseline}. "
            + (
                area.Value is null
                    ? $"There is no AUC: {area.Reason}."
                    : $"The AUC is {Figure.Number(area.Value)}{Bounds(area, Figure.Number)}, "
                        + "where 0.5 is chance and 1 is perfect."
            );
    }

    private static string Bounds(Estimate figure, Func<double?, string> write) =>
        figure is { Low: not null, High: not null }
            ? $" (95 % interval {write(figure.Low)} to {write(figure.High)})"
            : "";

    private static XElement Tiles(ReportedRun run)
    {
        XElement Tile(string name, string value, string below) =>
            Html.Tag(
                "div",
                Html.Class("tile"),
                Html.Tag("span", Html.Class("name"), name),
                Html.Tag("span", Html.Class("value"), value),
                Html.Tag("span", Html.Class("below"), below)
            );
        XElement FigureTile(string name, Metric metric)
        {
            if (!run.Repeated)
                return Tile(
                    name,
                    Figure.Number(run.Whole.Figures[metric].Value),
                    $"95 %: {Figure.Interval(run.Whole.Figures[metric])}"
                );
            var spread = Figure.Spread(run.Parts.Select(p => p.Evaluation.Figures[metric].Value));
            return Tile(
                name,
                Figure.Number(spread.Mean),
                $"± {Figure.Number(spread.Deviation)} over {Figure.Count(spread.Count, "part")}"
            );
        }
        var patients = run.Tested.Rows.Select(r => r.Patient).Distinct().Count();
        var images = run.Tested.Rows.Select(r => r.Image).Distinct().Count();
        return Html.Tag(
            "div",
            Html.Class("tiles"),
            FigureTile("Accuracy", Metric.Accuracy),
            FigureTile("AUC", Metric.Auc),
            FigureTile("Per-patient rate", Metric.RecognitionRate),
            Tile("Tested on", Figure.Count(patients, "patient"), Figure.Count(images, run.Thing))
        );
    }
}
