using System.Text.Json;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Tests.Metrics;

public sealed class ClassificationEvaluationTests
{
    private static readonly EvaluationOptions NoBootstrap = new() { Bootstrap = 0 };

    [Fact]
    public void Two_classes_equal_scikit_learn()
    {
        foreach (var golden in Golden.At("binary").EnumerateArray())
            Expect(golden, ClassificationEvaluation.Of(Binary(golden), NoBootstrap));
    }

    [Fact]
    public void Weights_per_patient_count_as_repeated_images()
    {
        var golden = Golden.At("weighted")[0];
        var weights = new int[12];
        foreach (var (patient, weight) in golden.Integers("patients").Zip(golden.Integers("weights")))
            weights[patient] = weight;
        var figures = new ClassificationSample(Binary(golden), null, 10).Metrics(weights)!;
        // scikit-learn's weights do not express the recognition rate.
        foreach (var metric in MetricNames.All.Except([Metric.RecognitionRate]))
            Assert.Equal(golden.GetProperty(metric.Key()).GetDouble(), figures[(int)metric], 1e-12);
    }

    [Fact]
    public void Three_classes_equal_scikit_learn()
    {
        var golden = Golden.At("multiclass")[0];
        var p = golden
            .GetProperty("probabilities")
            .EnumerateArray()
            .Select(row => row.EnumerateArray().Select(v => v.GetDouble()).ToArray());
        // The columns need not be in order.
        var rows = p.Select((row, i) => Row(golden, i, [row[2], row[0], row[1]]));
        var evaluation = ClassificationEvaluation.Of(new Predictions(["c2", "c0", "c1"], [.. rows]), NoBootstrap);
        Expect(golden, evaluation);
        Assert.Null(evaluation.Positive);
        Assert.Equal(
            golden.GetProperty("confusion").EnumerateArray().Select(r => r.EnumerateArray().Select(v => v.GetInt32())),
            evaluation.Confusion
        );
    }

    [Fact]
    public void The_positive_class_can_be_chosen()
    {
        var golden = Golden.At("binary")[0];
        var first = ClassificationEvaluation.Of(Binary(golden), NoBootstrap);
        var other = ClassificationEvaluation.Of(Binary(golden), NoBootstrap with { Positive = "c0" });
        Assert.Equal(("c1", "c0"), (first.Positive, other.Positive));
        Assert.Equal(first.Figures[Metric.Sensitivity].Value, other.Figures[Metric.Specificity].Value);
        Assert.Equal(first.Figures[Metric.Auc].Value!.Value, other.Figures[Metric.Auc].Value!.Value, 1e-12);
        Assert.NotEqual(first.Figures[Metric.AveragePrecision], other.Figures[Metric.AveragePrecision]);
        Assert.Contains(
            "no class 'c7'",
            Assert
                .Throws<ArgumentException>(() =>
                    ClassificationEvaluation.Of(Binary(golden), NoBootstrap with { Positive = "c7" })
                )
                .Message
        );
    }

    [Fact]
    public void Without_probabilities_what_needs_them_is_null_with_the_reason()
    {
        var predictions = new Predictions(
            [],
            [new("1", "a", "x", "x", []), new("2", "b", "y", "x", []), new("3", "c", "y", "y", [])]
        );
        var figures = ClassificationEvaluation.Of(predictions, new EvaluationOptions { Bootstrap = 50 }).Figures;
        Assert.All(MetricNames.All, m => Assert.Equal(m.NeedsProbabilities(), figures[m].Value is null));
        Assert.Contains("p_<class>", figures[Metric.Auc].Reason);
        Assert.Equal(2 / 3.0, figures[Metric.Accuracy].Value!.Value, 1e-12);
    }

    [Fact]
    public void One_class_alone_has_accuracy_and_no_area()
    {
        var predictions = new Predictions(
            ["x", "y"],
            [new("1", "a", "x", "x", [0.7, 0.3]), new("2", "b", "x", "y", [0.4, 0.6])]
        );
        var figures = ClassificationEvaluation.Of(predictions).Figures;
        Assert.Equal(0.5, figures[Metric.Accuracy].Value);
        Assert.Null(figures[Metric.Auc].Value);
        Assert.Null(figures[Metric.Sensitivity].Value);
        Assert.Contains("only one class occurs: x", figures[Metric.Auc].Reason);
    }

    [Fact]
    public void Intervals_hold_the_value_depend_on_the_seed_and_are_over_patients()
    {
        var golden = Golden.At("binary")[1];
        Estimate Auc(long seed, Predictions p) =>
            ClassificationEvaluation.Of(p, new EvaluationOptions { Bootstrap = 400, Seed = seed }).Figures[Metric.Auc];
        var predictions = Binary(golden);
        var auc = Auc(1, predictions);
        Assert.True(auc.Low < auc.Value && auc.Value < auc.High);
        Assert.Equal(auc, Auc(1, predictions));
        Assert.NotEqual(auc, Auc(2, predictions));
        // Every image ten times changes no figure and, patients being drawn, no interval.
        var tenfold = predictions with
        {
            Rows = [.. Enumerable.Range(0, 10).SelectMany(_ => predictions.Rows)],
        };
        var again = Auc(1, tenfold);
        Assert.Equal(auc.Low!.Value, again.Low!.Value, 1e-9);
        Assert.Equal(auc.High!.Value, again.High!.Value, 1e-9);
    }

    [Fact]
    public void Draws_without_both_classes_are_drawn_again_and_one_patient_has_no_interval()
    {
        var predictions = new Predictions(
            ["x", "y"],
            [new("1", "a", "x", "x", [0.9, 0.1]), new("2", "b", "y", "y", [0.2, 0.8])]
        );
        var evaluation = ClassificationEvaluation.Of(predictions, new EvaluationOptions { Bootstrap = 200 });
        Assert.InRange(evaluation.Redrawn, 100, 400); // half of all draws hold one patient twice
        // Every other draw says 1; a patient of either class tells nearly nothing.
        var auc = evaluation.Figures[Metric.Auc];
        Assert.Equal((1, 1, "exact, of 1 patients"), (auc.Value, auc.High, auc.Bound));
        Assert.Equal(0.025, auc.Low!.Value, 1e-9);
        var one = predictions with { Rows = [.. predictions.Rows.Select(r => r with { Patient = "a" })] };
        Assert.Equal(
            (1.0, null),
            (
                ClassificationEvaluation.Of(one).Figures[Metric.Auc].Value,
                ClassificationEvaluation.Of(one).Figures[Metric.Auc].Low
            )
        );
    }

    [Fact]
    public void Reliability_bins_count_every_image_once()
    {
        var golden = Golden.At("binary")[1];
        var bins = ClassificationEvaluation.Of(Binary(golden), NoBootstrap).Reliability;
        Assert.Equal((10, 200), (bins.Count, bins.Sum(b => b.Images)));
        Assert.All(bins.Where(b => b.Images > 0), b => Assert.InRange(b.Predicted, b.Low, b.High));
        var svg = ReliabilityPlot.Svg(bins, "<tumor & co>");
        Assert.Equal(
            bins.Count(b => b.Images > 0),
            System.Xml.Linq.XDocument.Parse(svg).Descendants().Count(e => e.Name.LocalName == "circle")
        );
    }

    [Fact]
    public void The_report_is_one_JSON_object_with_a_figure_per_metric()
    {
        var predictions = Binary(Golden.At("binary")[0]);
        using var stream = new MemoryStream();
        EvaluationReport.WriteJson(
            stream,
            ClassificationEvaluation.Of(predictions, new EvaluationOptions { Bootstrap = 20 })
        );
        var root = JsonDocument.Parse(stream.ToArray()).RootElement;
        foreach (var metric in MetricNames.All)
        foreach (var key in new[] { "value", "low", "high" })
            Assert.Equal(JsonValueKind.Number, root.GetProperty(metric.Key()).GetProperty(key).ValueKind);
        Assert.Equal(60, root.GetProperty("images").GetInt32());
        Assert.Equal(
            60,
            root.GetProperty("confusion").EnumerateArray().Sum(r => r.EnumerateArray().Sum(v => v.GetInt32()))
        );
    }

    [Theory]
    [InlineData("", "a", "has no label")]
    [InlineData("x", "", "has no patient")]
    [InlineData("z", "a", "class 'z' has no probability column")]
    public void What_cannot_be_judged_is_refused(string label, string patient, string message)
    {
        var predictions = new Predictions(["x", "y"], [new("1", patient, label, "x", [0.9, 0.1])]);
        Assert.Contains(
            message,
            Assert.Throws<InvalidDataException>(() => ClassificationEvaluation.Of(predictions)).Message
        );
    }

    private static void Expect(JsonElement golden, ClassificationEvaluation evaluation)
    {
        foreach (var metric in MetricNames.All)
            Assert.Equal(golden.GetProperty(metric.Key()).GetDouble(), evaluation.Figures[metric].Value!.Value, 1e-12);
    }

    internal static Predictions Binary(JsonElement golden) =>
        new(["c0", "c1"], [.. golden.Numbers("scores").Select((score, i) => Row(golden, i, [1 - score, score]))]);

    private static Prediction Row(JsonElement golden, int i, double[] probabilities) =>
        new(
            $"{i}.png",
            $"{golden.Integers("patients")[i]:00}",
            $"c{golden.Integers("labels")[i]}",
            $"c{golden.Integers("decided")[i]}",
            probabilities
        );
}
