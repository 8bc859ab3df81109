using Coverslip.App.Demo;
using Coverslip.Evaluation.Metrics;

namespace Coverslip.App.Tests;

/// <summary>
/// What <c>./coverslip demo</c> shows with its own seed. It does not hold for every seed yet: docs/methods/saganet.md, "The demo".
/// </summary>
[Collection("console")]
public sealed class DemoTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Unseen_patients_are_told_apart_where_colour_alone_fails()
    {
        var result = DemoRun.Run(folder, seed: 1, baseline: false, default);
        var accuracy = ClassificationEvaluation.Of(result.Full).Figures[Metric.Accuracy].Value;
        var told = FormattableString.Invariant(
            $"accuracy {accuracy:0.000}, colour {result.ColorAlone:0.000}, IoU {result.MaskOverlap:0.000} of whole {result.WholeOverlap:0.000}");
        Assert.True(accuracy >= 0.9, told);
        Assert.True(result.ColorAlone <= 0.65, told);
        Assert.True(result.MaskOverlap >= result.WholeOverlap + 0.2, told);
    }
}
