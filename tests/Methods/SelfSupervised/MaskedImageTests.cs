using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.SlidePatches;
using Coverslip.Learning.Tests;
using Coverslip.Methods.SelfSupervised;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.Tests.SelfSupervised;

/// <summary>Images with masks as sources of windows.</summary>
public sealed class MaskedImageTests : IDisposable
{
    private readonly SmallMasks small = new();

    public void Dispose() => small.Dispose();

    [Fact]
    public void A_mask_that_is_missing_or_of_another_size_is_told_with_its_row()
    {
        using var image = new Image(40, 30);
        using var mask = new Image(30, 40, channels: 1);
        var error = Assert.Throws<InvalidDataException>(() => Open(small.Pair("none", image, null)));
        Assert.Contains("row 2: a.png names no mask", error.Message);
        error = Assert.Throws<InvalidDataException>(() => Open(small.Pair("turned", image, mask)));
        Assert.Contains("the mask has 30 × 40 pixels, its image a.png 40 × 30", error.Message);
        var cohort = small.Pair("gone", image, image);
        File.WriteAllText(small.At("gone/m.png"), "no picture");
        error = Assert.Throws<InvalidDataException>(() => Open(cohort));
        Assert.Contains("row 2:", error.Message);
    }

    [Fact]
    public void Any_value_but_zero_is_foreground_in_8_and_16_bits_and_in_color()
    {
        using var image = new Image(32, 32);
        image.WritablePixels.Fill(9);
        using var numbered = new Image(32, 32, channels: 1, depth: 16);
        numbered.WritablePixels16.Clear();
        numbered.WritablePixels16[5] = 1; // gland number 1: dividing by 257 would lose it
        using var colored = new Image(32, 32);
        colored.WritablePixels.Clear();
        colored.WritablePixels[17] = 1; // blue of pixel 5
        foreach (var (name, mask) in new[] { ("sixteen", numbered), ("color", colored) })
        {
            var cohort = small.Pair(name, image, mask);
            using var truth = CohortMask.Read(cohort, cohort.Rows[0], (32, 32));
            Assert.Equal(255, truth.Pixels[5]);
            Assert.Equal(255, truth.Pixels.ToArray().Sum(p => p));
        }
    }

    [Fact]
    public void A_windows_class_is_its_centers_and_its_fourth_byte_the_truth()
    {
        using var image = new Image(80, 48);
        using var mask = new Image(80, 48, channels: 1);
        mask.WritablePixels.Clear();
        for (var i = 0; i < 80 * 48; i++)
            image.WritablePixels.Slice(3 * i, 3).Fill((byte)(i % 80));
        mask.WritablePixels[(10 * 80) + 60] = 7;
        var cohort = small.Pair("one", image, mask);
        var source = new MaskedImage(cohort.Rows[0], Reading(cohort), keep: true);
        // Centers of 16 in windows of 32: the pixel at (60, 10) lies in those of windows at x from 37 to 52, y from 0.
        Assert.Equal([(40, 0), (48, 0)], Enumerable.Range(0, source.Count(1)).Select(i => source.Place(1, i)));
        var target = new PatchTarget(new byte[32 * 32 * 4], 0, 1, 32, 32);
        source.Read(1, 0, ImageChange.Oriented(0).Shifted(2, 3), target);
        Assert.Equal(43, target.View(0)[0]); // moved by 3 columns
        Assert.Equal(1, target.View(0).ToArray().Chunk(4).Count(p => p[3] == 255));
        Assert.Equal(255, target.View(0)[((((10 - 2) * 32) + 60 - 43) * 4) + 3]);
        // Beyond the image a window does not move.
        source.Read(1, 0, ImageChange.Oriented(0).Shifted(-50, 900), target);
        Assert.Equal(48, target.View(0)[0]);
    }

    [Fact]
    public void An_image_smaller_than_a_window_is_mirrored_and_one_is_read_the_same_kept_or_not()
    {
        using var image = new Image(20, 33);
        using var mask = new Image(20, 33, channels: 1);
        for (var i = 0; i < image.ByteCount; i++)
            image.WritablePixels[i] = (byte)(i * 7);
        mask.WritablePixels.Fill(1);
        var cohort = small.Pair("narrow", image, mask);
        var (kept, read) = (Source(keep: true), Source(keep: false));
        Assert.Equal((32, 33), kept.Padded);
        var (a, b) = (Pixels(kept), Pixels(read));
        Assert.Equal(a, b);
        Assert.Equal(a[(18 * 4)..(19 * 4)], a[(20 * 4)..(21 * 4)]); // column 20 mirrors column 18

        MaskedImage Source(bool keep) => new(cohort.Rows[0], Reading(cohort), keep);
        static byte[] Pixels(MaskedImage source)
        {
            var target = new PatchTarget(new byte[32 * 32 * 4], 0, 1, 32, 32);
            source.Read(1, 0, ImageChange.Oriented(0), target);
            return target.Buffer;
        }
    }

    [Fact]
    public void Slides_and_image_files_do_not_mix_and_slides_need_a_resolution()
    {
        using var slides = new TinySlides();
        var error = Assert.Throws<RecipeException>(() => Open(slides.Cohort));
        Assert.Contains("patches.mpp is 0; slides are read at a resolution", error.Message);
        using var image = new Image(40, 30);
        ImageFile.Write(slides.At("a.png"), image);
        var mixed = slides.Write(
            "mixed.csv",
            slides.Cohort.Rows[0],
            new CohortRow(0, "a.png", "normal", "q") { Further = [""] }
        );
        var refused = Assert.Throws<InvalidDataException>(() => Open(mixed));
        Assert.Contains("row 2 (s1.tif) is a slide and row 3 (a.png) an image file", refused.Message);
    }

    /// <summary>The truth of a slide's windows is its annotation, pixel by pixel, moved or turned with them.</summary>
    [Fact]
    public void Windows_of_slides_carry_their_annotation()
    {
        using var slides = new TinySlides();
        var recipe = SmallMasks.Recipe("patches: {mpp: 2, stride: 8, center: 16, unlabeled: 4, labeled: 2}");
        using var sources = SegmentationSources.Open(recipe, slides.Cohort, null, _ => { });
        var source = sources.Slides.First(s => s.Count(1) > 0);
        var target = new PatchTarget(new byte[32 * 32 * 4], 0, 1, 32, 32);
        for (var place = 0; place < source.Count(1); place += 7)
        {
            source.Read(1, place, ImageChange.Oriented(0), target);
            var at = source.Place(1, place);
            for (var y = 0; y < 32; y++)
            for (var x = 0; x < 32; x++)
            {
                // Tumor is red on these slides; the middle of a pixel of 2 µm is level 0's corner between four.
                var (px, py) = (at.X + (2 * x) + 1, at.Y + (2 * y) + 1);
                var inside =
                    px >= TinySlides.Tumor.At.X
                    && px < TinySlides.Tumor.At.X + TinySlides.Tumor.Width
                    && py >= TinySlides.Tumor.At.Y
                    && py < TinySlides.Tumor.At.Y + TinySlides.Tumor.Height;
                Assert.Equal(inside ? 255 : 0, target.View(0)[(((y * 32) + x) * 4) + 3]);
            }
        }
    }

    private static MaskedReading Reading(Cohort cohort) => new(cohort, SmallMasks.Recipe().Windows, 32, null);

    private static void Open(Cohort cohort) =>
        SegmentationSources.Open(SmallMasks.Recipe(), cohort, null, _ => { }).Dispose();
}
