using Coverslip.App.Demo;
using Coverslip.Evaluation.Metrics;

namespace Coverslip.App.Tests;

/// <summary>What <c>./coverslip demo</c> states, over three seeds.</summary>
[Collection("console")]
public sealed class DemoTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Unseen_patients_are_told_apart_where_colour_alone_fails()
    {
        DemoResult[] results =
        [
            .. Enumerable
                .Range(1, 3)
                .Select(seed => DemoRun.Run(Path.Combine(folder, $"{seed}"), seed, baseline: false, default)),
        ];
        double[] accuracies =
        [
            .. results.Select(r => ClassificationEvaluation.Of(r.Full).Figures[Metric.Accuracy].Value!.Value),
        ];
        var told = string.Join(
            "; ",
            results.Zip(
                accuracies,
                (r, accuracy) =>
                    FormattableString.Invariant(
                        $"accuracy {accuracy:0.000}, colour {r.ColorAlone:0.000}, IoU {r.MaskOverlap:0.000} of whole {r.WholeOverlap:0.000}"
                    )
            )
        );
        Assert.True(accuracies.Average() >= DemoRun.StatedAccuracy, told);
        Assert.All(results, r => Assert.True(r.ColorAlone <= 0.65, told));
        Assert.True(results.Average(r => r.MaskOverlap - r.WholeOverlap) >= 0.2, told);
    }
}
