using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Tests.Statistics;

/// <summary>Where every draw gives the same, an interval says how little is known all the same.</summary>
public sealed class ExactIntervalTests
{
    /// <remarks>Expected: R 4.2, <c>binom.test(x, n)$conf.int</c>.</remarks>
    [Theory]
    [InlineData(9, 9, 0.6637329, 1)]
    [InlineData(0, 10, 0, 0.3084971)]
    [InlineData(5, 10, 0.1870860, 0.8129140)]
    public void A_share_has_the_interval_of_Clopper_and_Pearson(int right, int units, double low, double high)
    {
        var figure = ExactInterval.OfShare((double)right / units, units);
        Assert.Equal(low, figure.Low!.Value, 1e-6);
        Assert.Equal(high, figure.High!.Value, 1e-6);
        Assert.Equal($"exact, of {units} patients", figure.Bound);
    }

    /// <remarks>1 − 0.05^(1/n), by hand: n = 2 leaves 1 − √0.05.</remarks>
    [Theory]
    [InlineData(1, 0.95)]
    [InlineData(2, 0.7763932)]
    [InlineData(100, 0.0295130)]
    public void None_of_some_leaves_a_share_possible(int units, double most) =>
        Assert.Equal(most, ExactInterval.MostOfNone(units), 1e-6);

    [Theory]
    [InlineData(true, 1, 0.29240177, 1)] // 0.025^(1/3): three pairs that share no case
    [InlineData(false, 0, 0, 0.70759823)]
    public void An_area_of_1_or_0_is_bounded_by_pairs_that_share_no_case(
        bool well,
        double area,
        double low,
        double high
    )
    {
        bool[] positives = [well, well, well, !well, !well, !well, !well];
        bool[] labels = well ? positives : [.. positives];
        var figure = DeLong.Auc([0.9, 0.8, 0.7, 0.3, 0.2, 0.1, 0.05], labels);
        Assert.Equal(area, figure.Value);
        Assert.Equal(low, figure.Low!.Value, 1e-6);
        Assert.Equal(high, figure.High!.Value, 1e-6);
    }

    [Fact]
    public void A_classification_without_a_mistake_keeps_its_doubt()
    {
        var rows = Enumerable
            .Range(0, 8)
            .Select(i => new Prediction(
                $"{i}",
                $"p{i}",
                i < 4 ? "a" : "b",
                i < 4 ? "a" : "b",
                i < 4 ? [0.9, 0.1] : [0.1, 0.9]
            ));
        var figures = ClassificationEvaluation.Of(new Predictions(["a", "b"], [.. rows])).Figures;
        Assert.Equal(Math.Pow(0.025, 1 / 8.0), figures[Metric.Accuracy].Low!.Value, 1e-9);
        Assert.Equal(Math.Pow(0.025, 1 / 4.0), figures[Metric.Auc].Low!.Value, 1e-9);
        Assert.Equal(Math.Pow(0.025, 1 / 4.0), figures[Metric.Sensitivity].Low!.Value, 1e-9);
        Assert.Equal(1, figures[Metric.Auc].High);
        Assert.Null(figures[Metric.AveragePrecision].Low); // no share of anything: no interval, and it says so
        Assert.NotNull(figures[Metric.AveragePrecision].Reason);
    }

    [Fact]
    public void Random_places_hit_a_lesion_as_often_as_it_is_large()
    {
        var mask = new byte[40 * 40];
        for (var y = 0; y < 20; y++)
            mask.AsSpan(y * 40, 20).Fill(1);
        var map = LesionMap.Of(mask, 40, new LesionRules { Level = 0, MicronsPerPixel = 50 });
        var share = map.Lesions[0].Pixels / 1600.0;
        // The curve leaves the smallest probability out: a normal slide has it.
        FrocSlide[] slides =
        [
            FrocSlide.Of("s", new Detections("s.csv", [0.9], [5], [5]), map),
            FrocSlide.Of("n", new Detections("n.csv", [0.01], [5], [5]), null),
        ];
        var evaluation = FrocEvaluation.Of(slides, new FrocOptions { Bootstrap = 0 });
        Assert.Equal(1, evaluation.Score.Value);
        Assert.Equal(share, evaluation.Chance.Value!.Value, 0.1);
        Assert.Equal(evaluation.Chance.Value!.Value, evaluation.ChanceSensitivities.Average(), 1e-12);
        Assert.Equal([1], evaluation.Slides[0].Hits);
        Assert.Equal([0], evaluation.Slides[1].Hits);
        Assert.Equal((0, 0), (evaluation.Curve[^1].FalsePositives, evaluation.Curve[^1].Sensitivity));
        Assert.Equal(evaluation.Chance, FrocEvaluation.Of(slides, new FrocOptions { Bootstrap = 0 }).Chance);
    }
}
