using Coverslip.Files;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.SlidePatches;
using Coverslip.Methods;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;

namespace Coverslip.Learning.Tests.SlidePatches;

/// <summary>Examples from slides: the same whoever reads them, labeled by what they show, moved on the slide.</summary>
public sealed class SlideExamplesTests(TinySlides tiny) : IClassFixture<TinySlides>
{
    private const int Side = 32;

    [Fact]
    public void Epochs_do_not_depend_on_the_number_of_readers_or_on_what_was_read_before()
    {
        using var slides = tiny.Open(tiny.Cohort);
        var one = Read(Examples(slides, readers: 1).Epoch(2));
        var several = Examples(slides, readers: 4);
        Read(several.Epoch(0));
        Assert.Equal(one, Read(several.Epoch(2)));
        Assert.NotEqual(one, Read(several.Epoch(3)));
        Assert.NotEqual(one, Read(Examples(slides, readers: 1, seed: 2).Epoch(2)));
        Assert.Equal(5, several.Steps); // 41 examples in batches of 8
        Assert.Equal(40, several.PerEpoch);
    }

    [Fact]
    public void Validation_examples_are_fixed_and_as_many_of_each_class()
    {
        using var slides = tiny.Open(tiny.Cohort);
        var examples = Examples(slides, readers: 3);
        Assert.Equal(Read(examples.Validation()), Read(examples.Validation()));
        Assert.Equal(21, examples.ValidationLabels.Count);
        Assert.Equal(10, examples.ValidationLabels.Count(l => l == 1));
        var labels = examples.Validation().SelectMany(b => b.Labels).ToArray();
        Assert.Equal(examples.ValidationLabels, labels);
    }

    [Fact]
    public void All_patches_make_an_epoch_and_all_of_them_validate()
    {
        using var slides = tiny.Open(tiny.Cohort);
        var examples = Examples(slides, readers: 3, sampling: PatchSampling.All, validation: 0);
        int Placed(int label) => slides.Sources.Sum(s => s.Count(label));
        int[] counts = [Placed(0), Placed(1)];
        foreach (var label in (int[])[0, 1])
            Assert.Equal(counts[label], examples.ValidationLabels.Count(l => l == label));
        Assert.Equal(counts[0] / (double)counts.Sum(), examples.ClassShares[0], 12);
        // Of an example alone in the last batch batch normalization would know no statistics.
        Assert.Equal(counts.Sum() - (counts.Sum() % 8 == 1 ? 1 : 0), examples.PerEpoch);
        var read = examples.Epoch(0).ToArray();
        Assert.Equal(examples.Steps, read.Length);
        Assert.Equal(examples.PerEpoch, read.Sum(b => b.Labels.Count));
        Assert.Equal([0.5, 0.5], Examples(slides, readers: 1, sampling: PatchSampling.Equal).ClassShares);
    }

    [Fact]
    public void Tumor_is_what_shows_red_in_its_center()
    {
        using var slides = tiny.Open(tiny.Cohort);
        var seen = new int[2];
        foreach (var batch in Examples(slides, readers: 2).Validation())
        {
            foreach (var (place, label) in batch.Labels.Index())
            {
                var red = 0;
                for (var y = 8; y < 24; y++)
                for (var x = 8; x < 24; x++)
                {
                    var pixel = batch.Pixels.AsSpan((((place * Side) + y) * Side + x) * 4, 4);
                    red += pixel[0] > 185 && pixel[1] < 85 ? 1 : 0;
                }
                // JPEG blurs an edge by a pixel or two.
                Assert.True(label == 1 ? red > 0 : red < 40, $"label {label}, {red} red pixels");
                seen[label]++;
            }
        }
        Assert.All(seen, s => Assert.True(s > 5));
    }

    [Fact]
    public void A_shift_brings_other_pixels_of_the_slide_in()
    {
        using var slides = tiny.Open(tiny.Cohort);
        var source = slides.Slides.First(s => s.Count(1) > 0);
        var at = source.Place(0, 40);
        var options = new AugmentationOptions { Orientations = false, Shift = 8 };
        var moved = 0;
        for (var seed = 0; seed < 6; seed++)
        {
            var random = new SeededRandom(seed);
            var change = ImageChange.Draw(options, Side, Side, random);
            var pixels = new byte[Side * Side * 4];
            source.Read(0, 40, change, new PatchTarget(pixels, 0, 1, Side, Side));
            using var expected = source
                .Slide.Read(
                    new RegionRequest(
                        new SlidePoint(at.X + change.Right, at.Y + change.Down),
                        new PixelSize(Side, Side),
                        Mpp.Of(1)
                    )
                )
                .Image;
            Assert.Equal(expected.Pixels.ToArray(), pixels.Where((_, i) => i % 4 != 3));
            moved += (change.Right, change.Down) == (0, 0) ? 0 : 1;
        }
        Assert.True(moved > 3);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Both_views_are_centered_on_the_same_point(double factor)
    {
        // A black mark of 24 pixels around (512, 512), which is where the middle of the patch is.
        var path = tiny.At($"mark-{factor}.tif");
        PyramidWriter.Write(
            path,
            1024,
            1024,
            new PyramidOptions { Mpp = Mpp.Of(0.5), Quality = 100 },
            (left, top, tile) =>
            {
                for (var y = 0; y < tile.Height; y++)
                for (var x = 0; x < tile.Width; x++)
                {
                    var isMark = Math.Abs(left + x + 0.5 - 512) < 12 && Math.Abs(top + y + 0.5 - 512) < 12;
                    tile.WritablePixels.Slice((y * tile.Stride) + (3 * x), 3).Fill(isMark ? (byte)0 : (byte)220);
                }
            }
        );
        using var slide = SlideFile.Open(path);
        foreach (var times in (double[])[1, factor])
        {
            using var view = slide.View(Mpp.Of(0.5 * times)).ReadAround(512, 512, new PixelSize(64, 64));
            var (sumX, sumY, dark) = (0.0, 0.0, 0);
            for (var y = 0; y < 64; y++)
            for (var x = 0; x < 64; x++)
            {
                if (view.Pixels[((y * 64) + x) * 3] > 110)
                    continue;
                (sumX, sumY, dark) = (sumX + x + 0.5, sumY + y + 0.5, dark + 1);
            }
            Assert.Equal(32, sumX / dark, 0.3);
            Assert.Equal(32, sumY / dark, 0.3);
            Assert.Equal(24 * 24 / (times * times), dark, 0.15 * 24 * 24 / (times * times) + 4);
        }
    }

    private static SlideExamples Examples(
        CohortSlides slides,
        int readers,
        long seed = 1,
        PatchSampling sampling = PatchSampling.Balanced,
        int validation = 21
    )
    {
        var recipe = (INetworkRecipe)
            Known.Methods.Parse(
                "method: tumor-detection\ninput: {width: 32, height: 32}\nnetwork: {name: mobilenet-v1}\n"
                    + "patches: {center: 16, stride: 16}\ntraining: {batch: 8}\ntest: {stride: 16}",
                "tiny.yaml"
            );
        var sampler = new BalancedSampler(slides.Sources, slides.Cohort.Classes, "training");
        var options = new SlidePatchOptions
        {
            Examples = 41,
            ValidationExamples = validation,
            Sampling = sampling,
            Readers = readers,
        };
        return new SlideExamples(sampler, sampler, recipe, options, seed);
    }

    private static string[] Read(IEnumerable<RawBatch> batches) =>
        [
            .. batches.Select(b =>
                Convert.ToHexString(b.Pixels.AsSpan(0, b.Labels.Count * Side * Side * 4)) + string.Join(' ', b.Labels)
            ),
        ];
}
