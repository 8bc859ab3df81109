using System.Xml.Linq;
using Coverslip.App.Demo;
using Coverslip.Evaluation.Metrics;

namespace Coverslip.App.Tests;

/// <summary>
/// What <c>./coverslip demo</c> states, for one seed, of patches after half of its epochs; <c>bench/demo.sh</c> has the mean
/// of three, of all of it.
/// </summary>
[Collection("console")]
public sealed class DemoTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Unseen_patients_are_told_apart_where_color_alone_fails()
    {
        var result = DemoRun.Run(folder, seed: 1, baseline: false, default, "training.epochs=12");
        var accuracy = ClassificationEvaluation.Of(result.Full).Figures[Metric.Accuracy].Value!.Value;
        var told = FormattableString.Invariant(
            $"accuracy {accuracy:0.000}, color {result.ColorAlone:0.000}, IoU {result.MaskOverlap:0.000} of whole {result.WholeOverlap:0.000}"
        );
        Assert.True(accuracy >= DemoRun.StatedAccuracy, told);
        Assert.True(result.ColorAlone <= 0.65, told);
        Assert.True(result.MaskOverlap - result.WholeOverlap >= 0.2, told);
    }

    [Fact]
    public void Tumor_of_unseen_slides_is_found_and_shown()
    {
        var result = SlideDemo.Run(folder, seed: 2, default);
        var figures = result.Figures.Figures.ToDictionary(f => f.Key, f => f.Figure.Value!.Value);
        var told = string.Join(", ", figures);
        Assert.True(figures["slide_auc"] >= 0.85, told);
        Assert.True(figures["froc"] >= 0.6, told);
        Assert.Contains(("slides", 12), result.Figures.Counts);

        var page = XDocument.Load(result.Report);
        var section = page.Descendants().Single(e => (string?)e.Attribute("id") == "slides");
        var pairs = section.Descendants().Where(e => (string?)e.Attribute("class") == "pair").ToArray();
        Assert.Equal(12, pairs.Length);
        Assert.All(pairs, pair => Assert.Equal(2, pair.Elements().Count(e => e.Name.LocalName == "img")));
        // What is there already is not done again.
        var before = File.GetLastWriteTimeUtc(Path.Combine(folder, "tumor", "best.safetensors"));
        Assert.Equal(
            figures,
            SlideDemo.Run(folder, 2, default).Figures.Figures.ToDictionary(f => f.Key, f => f.Figure.Value!.Value)
        );
        Assert.Equal(before, File.GetLastWriteTimeUtc(Path.Combine(folder, "tumor", "best.safetensors")));
    }
}
