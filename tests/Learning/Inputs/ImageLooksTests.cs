using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
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

    private static (string Patient, ImageLook Look)[] LooksOf(string set) =>
        [
            .. Files(TestData.Folder(set))
                .Select(f =>
                {
                    using var image = ImageFile.Read(f.File);
                    return (f.Patient, ImageLook.Of(image));
                }),
        ];

    /// <summary>The images of a cohort file; without one every eighth of those in a folder per patient.</summary>
    private static IEnumerable<(string Patient, string File)> Files(string folder)
    {
        var table = Path.Combine(folder, "cohort.csv");
        if (File.Exists(table))
        {
            var cohort = Cohort.Load(table, CohortChecks.Table);
            return cohort
                .Rows.Where(r => cohort.Further(r, "magnification") is null or "400")
                .Select(r => (r.Patient, cohort.ImagePath(r)));
        }
        return Directory
            .EnumerateFiles(folder, "*.png", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Where((_, i) => i % 8 == 0)
            .Select(file => (Path.GetFileName(Path.GetDirectoryName(file))!, file));
    }
}
