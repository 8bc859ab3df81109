using System.Text.Json;
using Coverslip.Evaluation.Readers;
using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Tests.Readers;

/// <summary>
/// Against OR-DBM MRMC 2.51's output for the study of Van Dyke et al. (1993), and against numpy; <c>golden/readers.py</c>
/// names the sources.
/// </summary>
public sealed class ObuchowskiRocketteTests
{
    private static readonly ReaderOptions NoBootstrap = new() { Bootstrap = 0 };

    [Fact]
    public void The_study_of_Van_Dyke_gives_what_was_published()
    {
        var published = ReaderGoldens.File.GetProperty("van_dyke").GetProperty("published");
        var result = ReaderEvaluation.Of(ReaderGoldens.VanDyke(), NoBootstrap);
        foreach (var (r, reader) in result.Readers.Index())
        {
            var figures = published.GetProperty("figures");
            Assert.Equal(figures[0][r].GetDouble(), reader.Figures[ReaderFigure.Auc].Before.Value!.Value, 5e-9);
            Assert.Equal(figures[1][r].GetDouble(), reader.Figures[ReaderFigure.Auc].After.Value!.Value, 5e-9);
        }
        var test = result.Tests[ReaderFigure.Auc];
        double Of(string name) => published.GetProperty(name).GetDouble();
        Assert.Equal(Of("ms_t"), test.MeanSquares.Times, 5e-9);
        Assert.Equal(Of("ms_r"), test.MeanSquares.Readers, 5e-9);
        Assert.Equal(Of("ms_tr"), test.MeanSquares.Both, 5e-9);
        Assert.Equal(Of("variance"), test.Covariance.Variance, 5e-9);
        Assert.Equal(Of("cov1"), test.Covariance.Same, 5e-9);
        Assert.Equal(Of("cov2"), test.Covariance.Time, 5e-9);
        Assert.Equal(Of("cov3"), test.Covariance.Neither, 5e-9);
        Same(published.GetProperty("both"), test.ReadersAndCases);
        Same(published.GetProperty("cases"), test.Cases);
        Same(published.GetProperty("readers"), test.Readers);
        foreach (var (i, mean) in test.Means.Index())
        {
            var expected = published.GetProperty("means")[i];
            Assert.Equal(expected.GetProperty("value").GetDouble(), mean.Value!.Value, 5e-9);
            Assert.Equal(expected.GetProperty("low").GetDouble(), mean.Low!.Value, 5e-9);
            Assert.Equal(expected.GetProperty("high").GetDouble(), mean.High!.Value, 5e-9);
        }
    }

    [Fact]
    public void Covariances_by_placements_are_numpys()
    {
        var golden = ReaderGoldens.File.GetProperty("van_dyke");
        var test = ReaderEvaluation
            .Of(ReaderGoldens.VanDyke(), NoBootstrap with { Covariance = CovarianceMethod.DeLong })
            .Tests[ReaderFigure.Auc];
        var parts = golden.Numbers("delong_components");
        Assert.Equal(parts[0], test.Covariance.Variance, 1e-14);
        Assert.Equal(parts[1], test.Covariance.Same, 1e-14);
        Assert.Equal(parts[2], test.Covariance.Time, 1e-14);
        Assert.Equal(parts[3], test.Covariance.Neither, 1e-14);
        Exactly(golden.GetProperty("delong"), test.ReadersAndCases);
    }

    [Fact]
    public void Lesions_and_false_marks_make_the_figure_of_JAFROC()
    {
        var golden = ReaderGoldens.File.GetProperty("free_response");
        var result = ReaderEvaluation.Of(ReaderGoldens.FreeResponse(), NoBootstrap);
        foreach (var (r, reader) in result.Readers.Index())
        {
            var figures = golden.GetProperty("figures");
            Assert.Equal(figures[0][r].GetDouble(), reader.Figures[ReaderFigure.Jafroc].Before.Value!.Value, 1e-12);
            Assert.Equal(figures[1][r].GetDouble(), reader.Figures[ReaderFigure.Jafroc].After.Value!.Value, 1e-12);
        }
        Exactly(golden.GetProperty("both"), result.Tests[ReaderFigure.Jafroc].ReadersAndCases);
        Assert.DoesNotContain(ReaderFigure.Accuracy, result.Tests.Keys); // all of them say the same at both times
        Assert.Contains("nothing varies", result.Untested[ReaderFigure.Accuracy]);
    }

    [Fact]
    public void Kappas_are_numpys_and_those_of_the_textbooks()
    {
        var golden = ReaderGoldens.File.GetProperty("kappas");
        int[][] codes =
        [
            .. golden
                .GetProperty("codes")
                .EnumerateArray()
                .Select(r => r.EnumerateArray().Select(c => c.GetInt32()).ToArray()),
        ];
        int[][] counts =
        [
            .. codes[0].Select((_, i) => Enumerable.Range(0, 3).Select(c => codes.Count(r => r[i] == c)).ToArray()),
        ];
        int[][] confusion =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(a =>
                    Enumerable.Range(0, 3).Select(b => codes[0].Zip(codes[1]).Count(p => p == (a, b))).ToArray()
                ),
        ];
        int[] once = [.. counts.Select(_ => 1)];
        Assert.Equal(golden.GetProperty("fleiss").GetDouble(), Agreement.Fleiss(counts, once), 1e-12);
        Assert.Equal(golden.GetProperty("cohen").GetDouble(), Agreement.Cohen(confusion), 1e-12);

        // Fleiss' kappa of 14 raters and 10 subjects, 0.210: the worked example of Wikipedia's article.
        int[][] table =
        [
            [0, 0, 0, 0, 14],
            [0, 2, 6, 4, 2],
            [0, 0, 3, 5, 6],
            [0, 3, 9, 2, 0],
            [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0],
            [3, 2, 6, 3, 0],
            [2, 5, 3, 2, 2],
            [6, 5, 2, 1, 0],
            [0, 2, 2, 3, 7],
        ];
        Assert.Equal(0.210, Agreement.Fleiss(table, [.. table.Select(_ => 1)]), 5e-4);
        Assert.Equal(
            0.4,
            Agreement.Cohen([
                [20, 5],
                [10, 15],
            ]),
            1e-12
        ); // the same article's for two
        Assert.True(
            double.IsNaN(
                Agreement.Fleiss(
                    [
                        [3, 0],
                        [3, 0],
                    ],
                    [1, 1]
                )
            )
        );
    }

    private static void Same(JsonElement published, ReaderTest test)
    {
        Assert.Equal(published.GetProperty("low").GetDouble(), test.Change.Low!.Value, 5.1e-6);
        Assert.Equal(published.GetProperty("high").GetDouble(), test.Change.High!.Value, 5.1e-6);
        Assert.Equal(published.GetProperty("error").GetDouble(), test.StandardError, 5.1e-6);
        Assert.Equal(published.GetProperty("p").GetDouble(), test.P, 5.1e-5);
        if (published.TryGetProperty("df", out var df))
            Assert.Equal(df.GetDouble(), test.Df!.Value, 5.1e-3);
    }

    private static void Exactly(JsonElement golden, ReaderTest test)
    {
        double Of(string name) => golden.GetProperty(name).GetDouble();
        Assert.Equal(Of("gain"), test.Change.Value!.Value, 1e-12);
        Assert.Equal(Of("error"), test.StandardError, 1e-12);
        Assert.Equal(Of("df"), test.Df!.Value, 1e-8);
        Assert.Equal(Of("p"), test.P, 1e-8);
        Assert.Equal(Of("low"), test.Change.Low!.Value, 1e-8);
        Assert.Equal(Of("high"), test.Change.High!.Value, 1e-8);
    }
}
