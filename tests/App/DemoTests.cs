using System.Xml.Linq;
using Coverslip.App.Demo;

namespace Coverslip.App.Tests;

/// <summary>
/// That <c>./coverslip demo</c> runs to its report and does nothing twice, with less training; what it reaches is a
/// matter of <c>bench/demo.sh</c>.
/// </summary>
[Collection("console")]
public sealed class DemoTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Patches_color_does_not_tell_apart_are_masked_and_learned()
    {
        var result = DemoRun.Run(
            folder,
            DemoRun.Phantoms(seed: 1) with
            {
                Patients = 6,
                LeastPatches = 2,
                MostPatches = 4,
            },
            baseline: false,
            default,
            "training.epochs=2"
        );
        var told = FormattableString.Invariant(
            $"color {result.ColorAlone:0.000}, IoU {result.MaskOverlap:0.000} of whole {result.WholeOverlap:0.000}"
        );
        Assert.Equal(result.Full.Rows.Count, result.Full.Rows.Select(r => r.Image).Distinct().Count());
        Assert.True(result.MaskOverlap - result.WholeOverlap >= 0.2, told);
    }

    [Fact]
    public void Slides_end_in_heatmaps_beside_the_truth()
    {
        SlideDemoResult Run() =>
            SlideDemo.Run(
                folder,
                SlideDemo.Phantoms(seed: 2) with
                {
                    Patients = 12,
                    Side = 1024,
                },
                default,
                "split.validation_share=0.5",
                "training.epochs=1",
                "patches.examples=128",
                "patches.validation_examples=64"
            );
        var result = Run();
        Assert.Contains(("slides", 6), result.Figures.Counts);
        var section = XDocument.Load(result.Report).Descendants().Single(e => (string?)e.Attribute("id") == "slides");
        var pairs = section.Descendants().Where(e => (string?)e.Attribute("class") == "pair").ToArray();
        Assert.Equal(6, pairs.Length);
        Assert.All(pairs, pair => Assert.Equal(2, pair.Descendants().Count(e => e.Name.LocalName == "svg")));
        // What is there already is not done again.
        var best = Path.Combine(folder, "tumor", "best.safetensors");
        var before = File.GetLastWriteTimeUtc(best);
        Assert.Equal(result.Figures.Figures, Run().Figures.Figures);
        Assert.Equal(before, File.GetLastWriteTimeUtc(best));
    }
}
