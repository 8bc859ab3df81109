using Coverslip.Evaluation.Metrics;
using Coverslip.Files;

namespace Coverslip.Evaluation.Tests.Metrics;

public sealed class RankedScoresTests
{
    [Fact]
    public void Areas_equal_scikit_learns()
    {
        foreach (var golden in Golden.At("binary").EnumerateArray().Concat(Golden.At("weighted").EnumerateArray()))
        {
            var ranked = new RankedScores(golden.Numbers("scores"), [.. golden.Integers("labels").Select(y => y == 1)]);
            var areas = ranked.Areas(golden.Integers("weights"));
            Assert.Equal(golden.GetProperty("auc").GetDouble(), areas.Auc, 1e-12);
            Assert.Equal(golden.GetProperty("average_precision").GetDouble(), areas.AveragePrecision, 1e-12);
        }
    }

    [Fact]
    public void Curves_equal_scikit_learns()
    {
        var golden = Golden.At("curves");
        var ranked = new RankedScores(golden.Numbers("scores"), [.. golden.Integers("labels").Select(y => y == 1)]);
        Assert.Equal(golden.Numbers("fpr"), ranked.Roc().Select(p => p.FalsePositiveRate));
        Assert.Equal(golden.Numbers("tpr"), ranked.Roc().Select(p => p.TruePositiveRate));
        Assert.Equal(golden.Numbers("recall"), ranked.PrecisionRecall().Select(p => p.Recall));
        Assert.Equal(golden.Numbers("precision"), ranked.PrecisionRecall().Select(p => p.Precision));
    }

    [Fact]
    public void The_area_is_the_chance_that_a_positive_scores_higher()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new SeededRandom(seed);
            var scores = new double[20];
            var positives = new bool[20];
            for (var i = 0; i < 20; i++)
                (scores[i], positives[i]) = (random.Below(8) - 3, random.Below(2) == 0);
            double won = 0,
                pairs = 0;
            for (var p = 0; p < 20; p++)
            {
                for (var n = 0; n < 20; n++)
                {
                    if (!positives[p] || positives[n])
                        continue;
                    pairs++;
                    won +=
                        scores[p] > scores[n] ? 1
                        : scores[p] == scores[n] ? 0.5
                        : 0;
                }
            }
            Assert.Equal(won / pairs, RankedScores.Auc(scores, positives), 1e-12);
        }
    }

    [Fact]
    public void The_weight_of_an_owner_is_that_of_all_its_images()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new SeededRandom(seed);
            var scores = new double[60];
            var positives = new bool[60];
            var owners = new int[60];
            for (var i = 0; i < 60; i++)
                (scores[i], positives[i], owners[i]) = (random.Below(30), random.Below(3) == 0, random.Below(9));
            int[] weights = [.. Enumerable.Range(0, 9).Select(_ => random.Below(3))];
            int[] perImage = [.. owners.Select(o => weights[o])];
            Assert.Equal(
                new RankedScores(scores, positives).Areas(perImage),
                new RankedScores(scores, positives, owners).Areas(weights)
            );
        }
    }

    [Fact]
    public void Several_weightings_at_once_give_the_same_to_the_bit()
    {
        var random = new SeededRandom(1);
        double[] scores = [.. Enumerable.Range(0, 200).Select(_ => random.Below(90) / 7.0)];
        bool[] positives = [.. scores.Select(_ => random.Below(3) == 0)];
        var ranked = new RankedScores(scores, positives, [.. scores.Select(_ => random.Below(20))]);
        int[][] weightings =
        [
            .. Enumerable.Range(0, 11).Select(_ => Enumerable.Range(0, 20).Select(_ => random.Below(4)).ToArray()),
            new int[20],
        ];
        Assert.Equal(weightings.Select(w => ranked.Areas(w)), ranked.AreasOf(weightings));
    }

    [Fact]
    public void Owners_are_as_many_as_scores() =>
        Assert.Equal(
            "2 scores and 1 owners; there must be as many",
            Assert.Throws<ArgumentException>(() => new RankedScores([0.1, 0.2], [true, false], [0])).Message
        );

    [Fact]
    public void One_class_alone_has_no_area() => Assert.True(double.IsNaN(RankedScores.Auc([0.1, 0.2], [true, true])));

    [Fact]
    public void Scores_that_are_no_numbers_are_refused() =>
        Assert.Contains(
            "score 1",
            Assert.Throws<ArgumentException>(() => RankedScores.Auc([0.1, double.NaN], [true, false])).Message
        );

    [Theory]
    [InlineData(new[] { 0.1, 0.2, 0.6, 0.9 }, new[] { false, false, true, true }, 0.4)]
    [InlineData(new[] { 0.1, 0.6, 0.7, 0.9 }, new[] { false, true, true, true }, 0.35)]
    [InlineData(new[] { 0.9, 0.1 }, new[] { false, true }, 0.1)]
    public void The_threshold_lies_between_the_classes(double[] scores, bool[] positives, double threshold) =>
        Assert.Equal(threshold, DecisionThreshold.Choose(scores, positives), 1e-12);

    [Fact]
    public void No_threshold_is_better_than_the_chosen_one()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new SeededRandom(seed);
            var scores = new double[15];
            var positives = new bool[15];
            for (var i = 0; i < 15; i++)
                (scores[i], positives[i]) = (random.Below(12) / 11.0, i == 0 || (i > 1 && random.Below(3) == 0));
            foreach (var rule in Enum.GetValues<ThresholdRule>())
            {
                double Figure(double threshold)
                {
                    double[] found = [0, 0],
                        all = [0, 0];
                    for (var i = 0; i < 15; i++)
                    {
                        all[positives[i] ? 1 : 0]++;
                        if (scores[i] >= threshold == positives[i])
                            found[positives[i] ? 1 : 0]++;
                    }
                    return rule == ThresholdRule.Accuracy
                        ? found.Sum() / 15
                        : (found[0] / all[0] + found[1] / all[1]) / 2;
                }
                var chosen = Figure(DecisionThreshold.Choose(scores, positives, rule));
                for (var t = -1; t <= 24; t++)
                    Assert.True(chosen >= Figure(t / 22.0 + 0.01) - 1e-12);
            }
        }
    }

    [Fact]
    public void A_threshold_needs_both_classes() =>
        Assert.Contains(
            "2 positive and 0 negative",
            Assert.Throws<ArgumentException>(() => DecisionThreshold.Choose([0.1, 0.2], [true, true])).Message
        );
}
