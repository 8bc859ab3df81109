using Coverslip.Evaluation.Metrics;
using Coverslip.Files;

namespace Coverslip.Evaluation.Tests.Metrics;

public sealed class ConformalThresholdTests
{
    [Theory]
    // One image to each patient, scores k/10 of n: numpy.sort(scores)[ceil((n + 1) * (1 - error)) - 1].
    [InlineData(9, 0.1, 0.9)]
    [InlineData(9, 0.2, 0.8)]
    [InlineData(9, 0.25, 0.8)]
    [InlineData(4, 0.2, 0.4)]
    [InlineData(4, 0.5, 0.3)]
    public void With_one_image_to_each_patient_it_is_the_finite_sample_quantile(int n, double error, double score)
    {
        var found = ConformalThreshold.Of(Said([.. Enumerable.Range(1, n).Select(k => ($"{k}", k / 10.0))]), error);
        Assert.Equal((error, n), (found.Error, found.Patients));
        Assert.Equal(score, found.Score!.Value, 1e-12);
    }

    [Theory]
    [InlineData(0.1, 9)]
    [InlineData(0.05, 19)]
    [InlineData(0.2, 4)]
    [InlineData(0.3, 3)]
    public void Of_too_few_patients_every_class_stands_in_a_set(double error, int fewest)
    {
        Assert.Equal(fewest, ConformalThreshold.FewestPatients(error));
        (string, double)[] Patients(int n) => [.. Enumerable.Range(1, n).Select(k => ($"{k}", 0.2))];
        Assert.NotNull(ConformalThreshold.Of(Said(Patients(fewest)), error).Score);
        var few = ConformalThreshold.Of(Said(Patients(fewest - 1)), error);
        Assert.Null(few.Score);
        Assert.Equal(["x", "y"], few.On(Said([("a", 0.001)])).Rows[0].Set);
    }

    [Fact]
    public void A_patient_of_many_images_counts_once()
    {
        // Three patients of one good image each, one of 100 images of which 60 are bad. 1/4 may err, so (4 + 1) · 0.75 =
        // 3.75 patients are needed: 3 whole ones and three quarters of the fourth's images, which 35 of the bad reach.
        var many = Enumerable.Range(0, 100).Select(i => ("d", i < 40 ? 0.1 : 0.9 + (i / 10000.0)));
        var found = ConformalThreshold.Of(Said([("a", 0.1), ("b", 0.2), ("c", 0.3), .. many]), 0.25);
        Assert.Equal(4, found.Patients);
        Assert.Equal(0.9074, found.Score!.Value, 1e-12);
    }

    [Fact]
    public void A_set_is_never_without_the_class_that_was_decided_for()
    {
        var predictions = new Predictions(
            ["x", "y", "z"],
            [
                new("a", "1", "x", "x", [0.4, 0.35, 0.25]),
                new("b", "1", "x", "x", [0.9, 0.06, 0.04]),
                new("c", "1", "z", "z", [0.6, 0.1, 0.3]),
            ]
        );
        var sets = new ConformalThreshold(0.1, 20, 0.45).On(predictions).Rows.Select(r => string.Join('|', r.Set));
        Assert.Equal(["x", "x", "x|z"], sets);
    }

    [Fact]
    public void On_exchangeable_patients_the_promise_holds_on_average()
    {
        // 400 draws of 12 patients, each with a bias of its own and 1 to 12 images, judged on a thirteenth.
        var random = new SeededRandom(7, 0);
        (string, double)[] Patient(string name)
        {
            var (bias, images) = (random.Unit(), 1 + random.Below(12));
            return [.. Enumerable.Range(0, images).Select(_ => (name, (bias + random.Unit()) / 2))];
        }
        foreach (var error in (double[])[0.1, 0.25])
        {
            double held = 0;
            var (draws, oneImage) = (400, 0);
            for (var draw = 0; draw < draws; draw++)
            {
                var threshold = ConformalThreshold.Of(
                    Said([.. Enumerable.Range(0, 12).SelectMany(k => Patient($"{k}"))]),
                    error
                );
                var judged = Patient("new");
                held += judged.Count(i => i.Item2 <= threshold.Score) / (double)judged.Length;
                oneImage += judged.Length == 1 ? 1 : 0;
            }
            Assert.True(oneImage > 0);
            // Between the promise and it plus 1/(n + 1), but for the draws' own error.
            Assert.InRange(held / draws, 1 - error - 0.03, 1 - error + (1.0 / 13) + 0.03);
        }
    }

    [Fact]
    public void Coverage_counts_patients_and_has_an_exact_interval()
    {
        Prediction Row(string image, string patient, string label, params string[] set) =>
            new(image, patient, label, set[0], [0.5, 0.5]) { Set = set };
        var found = SetCoverage.Of(
            new Predictions(
                ["x", "y"],
                [
                    Row("1", "a", "x", "x"),
                    Row("2", "a", "x", "y"),
                    Row("3", "b", "y", "y"),
                    Row("4", "c", "y", "x", "y"),
                    Row("5", "d", "", "x", "y"),
                ]
            )
        )!;
        // 2.5 of 3 patients: quantiles of Beta(2.5, 1.5) and Beta(3.5, 0.5) by Simpson's rule and bisection.
        Assert.Equal(2.5 / 3, found.Coverage.Value!.Value, 1e-12);
        Assert.Equal(0.1767361, found.Coverage.Low!.Value, 1e-6);
        Assert.Equal(0.9998494, found.Coverage.High!.Value, 1e-6);
        Assert.Equal("exact, of 3 patients", found.Coverage.Bound);
        Assert.Equal([("x", 0.5), ("y", 1)], found.ByClass.Select(c => (c.Key, c.Value.Value!.Value)));
        Assert.Equal((1.4, 0.6, 0.4), (found.MeanSize, found.OneClass, found.AllClasses));
    }

    [Fact]
    public void Sets_and_distances_are_written_and_read()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "p.csv");
        new Predictions(
            ["x", "y"],
            [
                new("a", "1", "x", "x", [0.6, 0.4]) { Set = ["x", "y"], Unfamiliar = 0.12345 },
                new("b", "1", "x", "x", [0.6, 0.4]) { Set = ["x"], Unfamiliar = 1.5 },
            ]
        ).Write(path);
        Assert.Equal("image,patient,label,predicted,p_x,p_y,set,unfamiliar", File.ReadLines(path).First());
        var read = Predictions.Read(path);
        Assert.Equal(["x|y", "x"], read.Rows.Select(r => string.Join('|', r.Set)));
        Assert.Equal([0.123, 1.5], read.Rows.Select(r => r.Unfamiliar));
        Assert.Equal(0.5, UnfamiliarShare.Of(read)!.Value);

        File.WriteAllText(path, File.ReadAllText(path).Replace("x|y", "x|z", StringComparison.Ordinal));
        var error = Assert.Throws<InvalidDataException>(() => Predictions.Read(path));
        Assert.Contains("row 2: set names 'z', which has no column p_z", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Images of class x with these scores.</summary>
    private static Predictions Said((string Patient, double Score)[] images) =>
        new(
            ["x", "y"],
            [.. images.Select((i, k) => new Prediction($"{k}", i.Patient, "x", "x", [1 - i.Score, i.Score]))]
        );
}
