using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Phantoms;
using Coverslip.Slides.Images;
using Coverslip.Tests;

namespace Coverslip.Learning.Tests.Inputs;

/// <summary>Pictures of another kind are told from those of other patients of the same kind.</summary>
public sealed class ImageLooksTests
{
    [Fact]
    public void A_flat_gray_image_has_the_numbers_of_their_definitions()
    {
        using var gray = new Image(32, 16);
        gray.WritablePixels.Fill(51);
        var look = ImageLook.Of(gray);
        Assert.Equal(0.2, look.Brightness, 1e-9);
        Assert.Equal((0, 0), (look.Warmth, look.Magenta));
        Assert.Equal(Math.Log(0.01), look.Color, 1e-9);
        Assert.Equal(Math.Log(0.01), look.Contrast, 1e-6);
        Assert.Equal(0, look.Sharpness, 1e-9);
        using var pink = Image.From([.. Enumerable.Repeat<byte[]>([204, 102, 153], 64).SelectMany(p => p)], 8, 8);
        look = ImageLook.Of(pink);
        Assert.Equal(Math.Log(0.01 + 0.4), look.Color, 1e-9);
        Assert.Equal(0.2, look.Warmth, 1e-9);
        Assert.Equal(0.3, look.Magenta, 1e-9);
    }

    [Fact]
    public void An_enlargement_is_less_sharp()
    {
        using var noise = new Image(64, 64, channels: 1);
        new Random(1).NextBytes(noise.WritablePixels);
        using var large = Transforms.Resize(noise, 256, 256, Interpolation.Linear);
        Assert.InRange(ImageLook.Of(noise).Sharpness, -0.1, 0.1); // neighbors of noise differ as much as pixels apart
        Assert.True(ImageLook.Of(large).Sharpness < -0.6);
    }

    [Fact]
    public void Half_the_nuclei_wide_is_another_magnification_and_other_phantoms_are_not()
    {
        ImageLook[] Painted(double nucleus, int from) =>
            [
                .. Enumerable
                    .Range(from, 10)
                    .Select(seed =>
                    {
                        var options = new PatchPhantomOptions { Size = 192, NucleusRadius = nucleus };
                        using var painted = PatchPhantom.Paint(options, seed);
                        return ImageLook.Of(painted.Image);
                    }),
            ];
        var looks = ImageLooks.Of(Painted(8, 0).Select((look, i) => ($"{i}", look)))!;
        Assert.Null(looks.OtherScale(Painted(8, 100)));
        Assert.Contains("finer than in any of the 10 training images", looks.OtherScale(Painted(3, 200)));
        var fine = ImageLooks.Of(Painted(3, 200).Select((look, i) => ($"{i}", look)))!;
        Assert.Contains("coarser than in any of the 10 training images", fine.OtherScale(Painted(8, 0)));
        Assert.Null(looks.OtherScale([]));
        Assert.Null(looks.OtherScale([Painted(3, 200)[0] with { Grain = null }]));
    }

    [Fact]
    public void The_magnifications_of_BreakHis_are_told_apart_and_patients_left_out_are_not()
    {
        var (high, low) = (LooksOf("breakhis"), LooksOf("breakhis", "40"));
        Assert.Contains("finer", ImageLooks.Of(high)!.OtherScale([.. low.Select(l => l.Look)]));
        Assert.Contains("coarser", ImageLooks.Of(low)!.OtherScale([.. high.Select(l => l.Look)]));
        foreach (var images in new[] { high, low, LooksOf("glas"), LooksOf("idc") })
            for (var fold = 0; fold < 5; fold++)
            {
                var left = images.Where(i => Fold(i.Patient) == fold).ToArray();
                Assert.Null(ImageLooks.Of(images.Except(left))!.OtherScale([.. left.Select(l => l.Look)]));
            }
    }

    /// <summary>Patients in five groups, each left out once.</summary>
    [Theory]
    [InlineData("glas")]
    [InlineData("idc")]
    [InlineData("breakhis")]
    [InlineData("cxr_nih")]
    public void No_image_of_patients_left_out_is_refused(string set)
    {
        var images = LooksOf(set);
        for (var fold = 0; fold < 5; fold++)
        {
            var left = images.Where(i => Fold(i.Patient) == fold).ToArray();
            var looks = ImageLooks.Of(images.Except(left))!;
            Assert.All(left, image => Assert.Null(looks.Difference(image.Look)));
        }
    }

    [Fact]
    public void A_model_of_radiographs_refuses_every_stained_section_and_the_reverse()
    {
        var (chests, glands) = (LooksOf("cxr_nih"), LooksOf("glas"));
        var (ofChests, ofGlands) = (ImageLooks.Of(chests)!, ImageLooks.Of(glands)!);
        Assert.All(glands, image => Assert.Contains("color", ofChests.Difference(image.Look)));
        Assert.All(chests, image => Assert.Contains("color", ofGlands.Difference(image.Look)));
    }

    private static int Fold(string patient) => patient.Sum(c => c) % 5;

    private static (string Patient, ImageLook Look)[] LooksOf(string set, string magnification = "400") =>
        [
            .. Files(TestData.Folder(set), magnification)
                .Select(f =>
                {
                    using var image = ImageFile.Read(f.File);
                    return (f.Patient, ImageLook.Of(image));
                }),
        ];

    /// <summary>The images of a cohort file; without one every eighth of those in a folder per patient.</summary>
    private static IEnumerable<(string Patient, string File)> Files(string folder, string magnification)
    {
        var table = Path.Combine(folder, "cohort.csv");
        if (File.Exists(table))
        {
            var cohort = Cohort.Load(table, CohortChecks.Table);
            return cohort
                .Rows.Where(r => cohort.Further(r, "magnification") is not { } own || own == magnification)
                .Select(r => (r.Patient, cohort.ImagePath(r)));
        }
        return Directory
            .EnumerateFiles(folder, "*.png", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Where((_, i) => i % 8 == 0)
            .Select(file => (Path.GetFileName(Path.GetDirectoryName(file))!, file));
    }
}
