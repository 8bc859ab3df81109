using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;

namespace Coverslip.Evaluation.Tests.Metrics;

public sealed class PredictionsTests : IDisposable
{
    private const string Header = "image,patient,label,predicted,p_x,p_y\n";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Written_and_read_again_they_are_the_same()
    {
        var path = Path.Combine(folder.Path, "predictions.csv");
        var predictions = new Predictions(
            ["x", "y, z"],
            [new("a.png", "1", "x", "x", [2 / 3.0, 1 / 3.0]), new("b.png", "2", "", "y, z", [1e-17, 1])]
        );
        predictions.Write(path);
        var read = Predictions.Read(path);
        Assert.Equal(predictions.Classes, read.Classes);
        Assert.Equal(
            predictions.Rows.Select(r => (r.Image, r.Patient, r.Label, r.Predicted)),
            read.Rows.Select(r => (r.Image, r.Patient, r.Label, r.Predicted))
        );
        Assert.Equal(predictions.Rows.SelectMany(r => r.Probabilities), read.Rows.SelectMany(r => r.Probabilities));
    }

    [Theory]
    [InlineData("image,patient,label\na,1,x", "no column 'predicted'")]
    [InlineData(Header, "no predictions")]
    [InlineData(Header + "a,1,x,x,0.5,0.5\na,1,x,x,0.5,0.5", "row 3: a stands in row 2 already")]
    [InlineData(Header + "a,1,x,,0.5,0.5", "row 2: nothing predicted for a")]
    [InlineData(Header + "a,1,x,x,1.5,-0.5", "row 2: p_x is 1.5, outside 0 to 1")]
    [InlineData(Header + "a,1,x,x,NaN,0.5", "row 2: p_x is NaN, outside 0 to 1")]
    [InlineData(Header + "a,1,x,x,0.5,half", "row 2: p_y is 'half', not a number")]
    [InlineData(Header + "a,1,x,x,0.5,0.5\nb,1,x,x,0.5,0.6", "row 3: the probabilities sum to 1.1, not to 1")]
    public void Bad_rows_are_named(string text, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<InvalidDataException>(() => Predictions.Read(folder.Write("p.csv", text))).Message
        );

    [Theory]
    [InlineData("z.png,1,x,x,0.5,0.5", "row 2): z.png is not in")]
    [InlineData("a.png,2,x,x,0.5,0.5", "row 2): a.png is patient 2 here and 1 in")]
    [InlineData("a.png,1,y,x,0.5,0.5", "row 2): a.png is labeled y here and x in")]
    public void Rows_must_agree_with_the_cohort(string row, string message) =>
        Assert.Contains(
            message,
            Assert
                .Throws<InvalidDataException>(() =>
                    Predictions.Read(folder.Write("p.csv", Header + row)).Within(TwoImages())
                )
                .Message
        );

    [Fact]
    public void The_cohort_fills_in_patient_and_label()
    {
        var row = Assert.Single(
            Predictions.Read(folder.Write("p.csv", Header + "b.png,,,x,0.5,0.5")).Within(TwoImages()).Rows
        );
        Assert.Equal(("2", "y"), (row.Patient, row.Label));
    }

    [Fact]
    public void A_threshold_decides_anew()
    {
        var predictions = new Predictions(
            ["x", "y"],
            [new("a", "1", "x", "y", [0.6, 0.4]), new("b", "1", "x", "y", [0.8, 0.2])]
        );
        Assert.Equal(["y", "x"], predictions.Decide("y", 0.3).Rows.Select(r => r.Predicted));
        Assert.Equal(["x", "x"], predictions.Decide("x", 0.6).Rows.Select(r => r.Predicted));
        Assert.Contains("no class 'z'", Assert.Throws<ArgumentException>(() => predictions.Decide("z", 0.5)).Message);
    }

    [Theory]
    [InlineData(PatientRule.Mean, "a", 0.5, "y")]
    [InlineData(PatientRule.Maximum, "a", 0.9, "y")]
    [InlineData(PatientRule.Vote, "a", 1 / 3.0, "x")]
    public void Images_of_a_patient_become_one_prediction(
        PatientRule rule,
        string patient,
        double probability,
        string predicted
    )
    {
        var predictions = new Predictions(
            ["y", "x"],
            [
                new("1", "b", "y", "y", [0.9, 0.1]),
                new("2", "a", "x", "x", [0.4, 0.6]),
                new("3", "a", "x", "x", [0.2, 0.8]),
                new("4", "a", "x", "y", [0.9, 0.1]),
            ]
        );
        var aggregated = PatientAggregation.Aggregate(predictions, rule);
        Assert.Equal(["x", "y"], aggregated.Classes);
        Assert.Equal(["a", "b"], aggregated.Rows.Select(r => r.Image));
        var row = aggregated.Rows[0];
        Assert.Equal((patient, "x", predicted), (row.Patient, row.Label, row.Predicted));
        Assert.Equal(probability, row.Probabilities[1], 1e-12);
        Assert.Equal(1, row.Probabilities.Sum(), 1e-12);
    }

    [Theory]
    [InlineData(PatientRule.Mean, 0.5, "y")]
    [InlineData(PatientRule.Mean, 0.4, "x")]
    [InlineData(PatientRule.Maximum, 0.6, "x")]
    [InlineData(PatientRule.Maximum, 0.7, "y")]
    [InlineData(PatientRule.Vote, 0.2, "y")] // one vote of three, whatever the images were decided by
    public void A_threshold_is_of_probabilities_and_never_of_votes(PatientRule rule, double threshold, string predicted)
    {
        var predictions = new Predictions(
            ["y", "x"],
            [
                new("1", "a", "x", "x", [0.4, 0.6]),
                new("2", "a", "x", "y", [0.6, 0.4]),
                new("3", "a", "x", "y", [0.7, 0.3]),
            ]
        );
        var patient = Assert.Single(PatientAggregation.Aggregate(predictions, rule, "x", threshold).Rows);
        Assert.Equal(predicted, patient.Predicted);
    }

    [Fact]
    public void A_patient_with_two_labels_has_no_figure_per_patient()
    {
        var predictions = new Predictions(
            ["x", "y"],
            [new("1", "a", "y", "y", [0.1, 0.9]), new("2", "a", "x", "x", [0.6, 0.4])]
        );
        var error = Assert.Throws<InvalidDataException>(() =>
            PatientAggregation.Aggregate(predictions, PatientRule.Mean)
        );
        Assert.Contains("patient a has images of x and y", error.Message);
    }

    [Fact]
    public void Models_are_compared_on_the_same_draws()
    {
        var good = ClassificationEvaluationTests.Binary(Golden.At("binary")[1]);
        var worse = good with
        {
            Rows =
            [
                .. good.Rows.Select((r, i) => i % 3 > 0 ? r : r with { Predicted = "c0", Probabilities = [0.9, 0.1] }),
            ],
        };
        var options = new EvaluationOptions { Bootstrap = 300 };
        var same = PairedComparison.Of(good, good, options);
        Assert.All(same.Differences.Values, d => Assert.Equal((0.0, 0.0, 0.0), (d.Value, d.Low, d.High)));
        var better = PairedComparison.Of(good, worse with { Rows = [.. worse.Rows.Reverse()] }, options);
        var auc = better.Differences[Metric.Auc];
        Assert.True(auc.Low > 0 && auc.Low < auc.Value && auc.Value < auc.High);
        var missing = Assert.Throws<InvalidDataException>(() =>
            PairedComparison.Of(good, good with { Rows = [.. good.Rows.Skip(1)] })
        );
        Assert.Contains("0.png is in the first predictions only", missing.Message);
    }

    private Cohort TwoImages() =>
        Cohort.Load(folder.Write("cohort.csv", "image,label,patient\na.png,x,1\nb.png,y,2\n"), CohortChecks.Table);
}
