using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Tests.Inputs;

/// <summary>Images and masks as the network's bytes.</summary>
public sealed class PatchSetTests(SmallCohort small) : IClassFixture<SmallCohort>
{
    private static readonly InputOptions Masked = new() { Height = 48, Width = 48 };
    private PatchMasks Column => new(small.Cohort.MaskPath, (image, mask, _) => (image.Clone(), mask.Clone()));

    [Fact]
    public void Colors_and_mask_stand_beside_each_other()
    {
        var set = new PatchSet(small.Cohort, Masked, Column);
        Assert.Equal((24, 0), (set.Patches.Count, set.EmptyMasks));
        var patch = set.Patches[5];
        using var image = ImageFile.Read(small.Cohort.ImagePath(patch.Row));
        using var mask = ImageFile.Read(small.Cohort.MaskPath(patch.Row)!, ImageReadOptions.Mask);
        var pixels = set.Pixels(patch);
        for (var i = 0; i < 48 * 48; i++)
        {
            Assert.Equal(image.Pixels.Slice(3 * i, 3), pixels.AsSpan(4 * i, 3));
            Assert.Equal(mask.Pixels[i] != 0 ? 255 : 0, pixels[4 * i + 3]);
        }
    }

    [Fact]
    public void Raw_input_ignores_masks_and_classes_may_be_another_networks()
    {
        var set = new PatchSet(
            small.Cohort,
            Masked with
            {
                Form = InputForm.Raw,
            },
            Column,
            new PatchReading { Classes = ["benign", "sheets", "rosettes"] }
        );
        Assert.All(set.Patches, p => Assert.Equal(p.Row.Label == "sheets" ? 1 : 2, p.Label));
        Assert.All(set.Pixels(set.Patches[0]).Where((_, i) => i % 4 == 3), m => Assert.Equal(255, m));
        Assert.All(
            new PatchSet(small.Cohort, Masked, null, new PatchReading { Classes = ["benign"] }).Patches,
            p => Assert.Equal(-1, p.Label)
        );
    }

    [Fact]
    public void An_image_with_nothing_valid_is_marked_and_used_whole()
    {
        var blank = Path.Combine(small.Folder, "blank.png");
        using (var nothing = new Image(48, 48, channels: 1))
        {
            nothing.WritablePixels.Clear();
            ImageFile.Write(blank, nothing);
        }
        var first = small.Cohort.Rows[0];
        var set = new PatchSet(
            small.Cohort,
            Masked,
            Column with
            {
                FileOf = row => row == first ? blank : small.Cohort.MaskPath(row),
            }
        );
        Assert.Equal(1, set.EmptyMasks);
        Assert.True(set.Patches[0].Empty);
        Assert.All(set.Pixels(set.Patches[0]).Where((_, i) => i % 4 == 3), m => Assert.Equal(255, m));
    }

    [Fact]
    public void The_scale_and_the_channels_of_the_file_are_kept()
    {
        using var gray = new Image(96, 72, channels: 1);
        gray.WritablePixels.Fill(77);
        var file = Path.Combine(small.Folder, "gray.png");
        ImageFile.Write(file, gray);
        var table = Path.Combine(small.Folder, "gray.csv");
        CohortFile.Write(table, [new CohortRow(2, file, "a", "p")], []);
        var set = new PatchSet(Cohort.Load(table, CohortChecks.Table), Masked with { Form = InputForm.Raw }, null);
        Assert.Equal(new SourceImage(1, 0.5) { Size = (96, 72) }, set.Patches[0].Source with { Look = null });
        Assert.All(set.Pixels(set.Patches[0]).Where((_, i) => i % 4 != 3), v => Assert.Equal(77, v));
    }
}
