using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Tests.Metrics;

public sealed class RocEvaluationTests : IDisposable
{
    private const string Reference = "Test_001,Tumor,IDC,Macro\nTest_002,Tumor,ILC,Micro\nTest_003,Normal,None,None\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void DeLongs_variance_equals_the_sums_over_all_pairs()
    {
        foreach (var golden in Golden.Of("froc.json").GetProperty("delong").EnumerateArray())
        {
            bool[] positives = [.. golden.Integers("positives").Select(p => p == 1)];
            var (auc, variance) = DeLong.Variance(golden.Numbers("scores"), positives)!.Value;
            Assert.Equal(golden.GetProperty("auc").GetDouble(), auc, 1e-12);
            Assert.Equal(golden.GetProperty("variance").GetDouble(), variance, 1e-12);
            var estimate = DeLong.Auc(golden.Numbers("scores"), positives);
            Assert.Equal(auc - 1.959963984540054 * Math.Sqrt(variance), estimate.Low!.Value, 1e-9);
            Assert.Equal(Math.Min(1, auc + 1.959963984540054 * Math.Sqrt(variance)), estimate.High!.Value, 1e-9);
        }
        Assert.Null(DeLong.Auc([1, 2], [true, true]).Value);
        Assert.Equal(
            (1, null),
            (DeLong.Auc([1, 2, 0], [true, true, false]).Value, DeLong.Auc([1, 2, 0], [true, true, false]).Low)
        );
    }

    [Fact]
    public void Plain_files_of_other_tools_are_judged()
    {
        var truth = SlideLabels.Read(folder.Write("reference.csv", Reference + "Test_114,Tumor,ILC,Macro\n"));
        var plain = Scores("Test_001,0.9\ntest_002,0.2\nTest_003.tif,0.4\n");
        var evaluation = RocEvaluation.Of(plain, truth, new RocOptions { Exclude = ["Test_114", "Test_049"] });
        Assert.Equal((3, 2, 3), (evaluation.Slides, evaluation.Positives, evaluation.Patients));
        Assert.Equal(0.5, evaluation.Auc.Value);
        Assert.Equal((1 + 2 / 3.0) / 2, evaluation.AveragePrecision.Value!.Value, 1e-12);
        Assert.Equal((0.0, 1.0), (evaluation.Auc.Low, evaluation.Auc.High));

        var own = SlideScores.Read(
            folder.Write("own.csv", "image,patient,p_normal,p_Tumor\nTest_001.tif,1,0.9,0.1\n"),
            ["p_tumor", "probability"]
        );
        Assert.Equal(0.1, own.Of("Test_001"));
    }

    [Fact]
    public void Slides_of_a_patient_are_drawn_together()
    {
        var rows = Enumerable.Range(0, 24).Select(i => $"s{i},{(i % 2 == 0 ? "b" : "a")},{i / 12}");
        var truth = SlideLabels.Read(folder.Write("truth.csv", "image,label,patient\n" + string.Join('\n', rows)));
        var scores = Scores(string.Join('\n', Enumerable.Range(0, 24).Select(i => $"s{i},{i * 7 % 24}")));
        var evaluation = RocEvaluation.Of(scores, truth, new RocOptions { Positive = "B", Bootstrap = 300 });
        Assert.Equal(2, evaluation.Patients);
        double Auc(Func<int, bool> drawn) =>
            RankedScores.Auc(
                [.. Enumerable.Range(0, 24).Where(drawn).Select(i => (double)(i * 7 % 24))],
                [.. Enumerable.Range(0, 24).Where(drawn).Select(i => i % 2 == 0)]
            );
        var ends = new[] { Auc(i => i < 12), Auc(i => i >= 12), Auc(_ => true) };
        Assert.Equal((ends.Min(), ends.Max()), (evaluation.Auc.Low, evaluation.Auc.High));
    }

    [Theory]
    [InlineData("Test_001,0.9\nTest_002,0.2\n", "no prediction for 1 slides", "Test_003")]
    [InlineData("Test_001,0.9\nTest_002,0.2\nTest_003,0\nTest_009,1\n", "1 slides are not in", "Test_009")]
    [InlineData("Test_001,0.9\nTest_001.tif,0.2\n", "row 2: Test_001 is predicted a second time", "")]
    [InlineData("Test_001,high\n", "row 1: 'high' is no number", "")]
    [InlineData("image,p\nTest_001,1\n", "row 1: no column probability; the header has image, p", "--column")]
    [InlineData("", "no predictions", "")]
    public void Wrong_predictions_are_named(string text, string expected, string also)
    {
        var truth = SlideLabels.Read(folder.Write("reference.csv", Reference));
        var error = Assert.Throws<InvalidDataException>(() => RocEvaluation.Of(Scores(text), truth));
        Assert.Contains(expected, error.Message);
        Assert.Contains(also, error.Message);
    }

    [Theory]
    [InlineData("a,Tumor\na.tif,Normal\n", "row 2: a stands in row 1 already")]
    [InlineData("image,label\n,Tumor\n", "row 2: the slide's name is empty")]
    [InlineData("image,label\n", "no slides")]
    [InlineData("a\n", "row 1: a has no label")]
    [InlineData(
        "a,benign\n",
        "its labels do not say which is positive; labels are benign; name the positive with --positive"
    )]
    public void Wrong_truth_is_named(string text, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(() =>
            RocEvaluation.Of(Scores("a,1\n"), SlideLabels.Read(folder.Write("truth.csv", text)))
        );
        Assert.Contains(expected, error.Message);
    }

    private SlideScores Scores(string text) => SlideScores.Read(folder.Write("scores.csv", text), ["probability"]);
}
