using Coverslip.App.Demo;
using Coverslip.Evaluation.Metrics;

namespace Coverslip.App.Tests;

/// <summary>What the demo promises, over three cohorts that it paints.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Unseen_patients_are_told_apart_where_colour_alone_fails()
    {
        var results = Enumerable.Range(1, 3).Select(seed => DemoRun.Run(Path.Combine(folder, $"{seed}"), seed, baseline: false, default)).ToArray();
        var accuracies = results.Select(r => ClassificationEvaluation.Of(r.Full).Figures[Metric.Accuracy].Value).ToArray();
        var told = string.Join("; ", results.Zip(accuracies, (r, a) => FormattableString.Invariant(
            $"accuracy {a:0.000}, colour {r.ColorAlone:0.000}, IoU {r.MaskOverlap:0.000} of whole {r.WholeOverlap:0.000}")));
        TestContext.Current.SendDiagnosticMessage(told);
        Assert.True(accuracies.Average() >= 0.9, told);
        Assert.All(results, r =>
        {
            Assert.True(r.ColorAlone <= 0.65, told);
            Assert.True(r.MaskOverlap >= r.WholeOverlap + 0.2, told);
        });
    }
}
