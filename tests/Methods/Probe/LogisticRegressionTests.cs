using System.Text.Json;
using Coverslip.Files;
using Coverslip.Learning.Features;
using Coverslip.Methods.Probe;
using Coverslip.Tests;

namespace Coverslip.Methods.Tests.Probe;

public sealed class LogisticRegressionTests
{
    [Fact]
    public void Probabilities_equal_those_of_scikit_learn()
    {
        using var golden = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(TestData.Root, "tests", "Methods", "Probe", "golden", "logistic.json"))
        );
        foreach (var known in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            var rows = Rows(known.GetProperty("rows"));
            int[] labels = [.. known.GetProperty("labels").EnumerateArray().Select(l => l.GetInt32())];
            var classes = known.GetProperty("classes").GetInt32();
            var task = WeightedFeatures.Of(rows, labels, classes, known.GetProperty("balanced").GetBoolean());
            var c = known.GetProperty("c").GetDouble();
            using var bound = new LogisticBound(task);
            var fitted = LogisticFit.Fit(task, bound, [c])[0].Scores(rows);
            // Beside other strengths, and by a bound that is not quite these images', it comes to the same.
            using var other = new LogisticBound(
                task with
                {
                    Rows = [.. rows.Select(r => r.Select(v => 0.9 * v).ToArray())],
                }
            );
            var beside = LogisticFit.Fit(task, other, [c / 10, c, 10 * c])[1].Scores(rows);
            foreach (var (i, expected) in Rows(known.GetProperty("probabilities")).Index())
                for (var k = 0; k < classes; k++)
                {
                    Assert.Equal(expected[k], Temperature.Softmax(fitted[i], 1)[k], 2e-3);
                    Assert.Equal(expected[k], Temperature.Softmax(beside[i], 1)[k], 2e-3);
                }
        }
    }

    [Fact]
    public void A_temperature_undoes_scores_that_are_too_sure()
    {
        var random = new SeededRandom(3);
        var (scores, labels) = (new double[4000][], new int[4000]);
        for (var i = 0; i < scores.Length; i++)
        {
            var score = 4 * random.Unit() - 2;
            labels[i] = random.Unit() < 1 / (1 + Math.Exp(-score)) ? 1 : 0;
            scores[i] = [0, 3 * score];
        }
        Assert.Equal(3, Temperature.Fit(scores, labels, patients: 4000), 0.3);
        // One patient of many images says little.
        Assert.InRange(Temperature.Fit(scores, labels, patients: 1), 1, 1.6);
    }

    [Fact]
    public void Neighbors_and_prototypes_name_the_class_that_lies_in_the_same_direction()
    {
        double[][] rows =
        [
            [1, 0.1],
            [2, 0],
            [0.1, 1],
            [0, 3],
        ];
        var task = WeightedFeatures.Of(rows, [0, 0, 1, 1], 3, balanced: true);
        double[] near = [5, 1];
        foreach (var probe in (IFeatureClassifier[])[NearestNeighbors.Fit(task, 2), ClassPrototypes.Fit(task)])
        {
            var said = Temperature.Softmax(probe.Scores([near])[0], 1);
            Assert.Equal(1, said.Sum(), 1e-12);
            Assert.True(said[0] > said[1] && said[1] >= said[2], $"{probe}: {string.Join(' ', said)}");
        }
        // Two votes, and a third of a vote to each class from the start.
        Assert.Equal(
            (2 * 1.0 + 1 / 3.0) / 3,
            Temperature.Softmax(NearestNeighbors.Fit(task, 2).Scores([near])[0], 1)[0],
            1e-12
        );
    }

    private static double[][] Rows(JsonElement rows) =>
        [.. rows.EnumerateArray().Select(r => r.EnumerateArray().Select(v => v.GetDouble()).ToArray())];
}
