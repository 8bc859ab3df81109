using Coverslip.Learning.Features;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Phantoms.Tests;

/// <summary>Tumor of phantom slides is told by its nuclei, not by color.</summary>
public sealed class PhantomSlideColorTests : IDisposable
{
    private const int Side = 64;
    private const int PerClass = 12; // patches of either class from a slide
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_nearest_color_histogram_of_another_patient_hardly_tells_tumor_from_normal()
    {
        var slides = PhantomSlideCohort.Write(
            folder,
            new PhantomSlideCohortOptions
            {
                Patients = 12,
                Side = 1600,
                Mpp = Mpp.Of(0.5),
                Tumor = 1,
                Classes = [LesionClass.Micro],
                Artifacts = false,
            }
        );
        var patches = slides.Select(s => Patches(s).ToArray()).ToArray();
        Assert.All(patches, of => Assert.Equal(2 * PerClass, of.Length));
        // Every patient once against all others.
        var accuracy = Enumerable
            .Range(0, patches.Length)
            .Average(i =>
                NearestHistogram.Accuracy([.. patches.Where((_, j) => j != i).SelectMany(p => p)], patches[i])
            );
        Assert.InRange(accuracy, 0.4, 0.68);
        // Means of either class over all slides differ by less than the slides do among themselves.
        var means = patches
            .SelectMany(p => p)
            .GroupBy(p => p.Label)
            .ToDictionary(g => g.Key, g => g.Average(p => Mean(p.Histogram)));
        var bySlide = patches.Select(p => p.Average(x => Mean(x.Histogram))).ToArray();
        Assert.True(Math.Abs(means["tumor"] - means["normal"]) < 0.25 * (bySlide.Max() - bySlide.Min()));
    }

    private static double Mean(double[] histogram) => histogram.Select((share, bin) => share * (bin % 16)).Sum() / 3;

    /// <summary>As many patches wholly in tumor as wholly in other tissue.</summary>
    private IEnumerable<(double[] Histogram, string Label)> Patches(PaintedCohortSlide painted)
    {
        using var slide = SlideFile.Open(Path.Combine(folder, "slides", painted.Slide.Name + ".tif"));
        using var pixels = new Image(1600, 1600);
        slide.ReadLevel(0, new LevelPoint(0, 0), pixels);
        using var truth = painted.Phantom.Truth(level: 0);
        var random = new Random(painted.Slide.Options.Seed);
        var wanted = new Dictionary<string, int> { ["tumor"] = PerClass, ["normal"] = PerClass };
        for (var tries = 0; tries < 40_000 && wanted.Values.Sum() > 0; tries++)
        {
            var (left, top) = (random.Next(1600 - Side), random.Next(1600 - Side));
            var set = 0;
            var tissue = true;
            for (var i = 0; i < Side * Side; i++)
            {
                var at = ((top + (i / Side)) * 1600) + left + (i % Side);
                set += truth.Pixels[at] == 0 ? 0 : 1;
                tissue &= pixels.Pixels[(3 * at) + 1] < 228;
            }
            var label =
                set == Side * Side ? "tumor"
                : set == 0 && tissue ? "normal"
                : null;
            if (label is null || wanted[label] == 0)
                continue;
            wanted[label]--;
            using var patch = new Image(Side, Side);
            slide.ReadLevel(0, new LevelPoint(left, top), patch);
            yield return (NearestHistogram.Of(patch), label);
        }
    }
}
