using Coverslip.Tests;

namespace Coverslip.App.Tests.Commands;

[Collection("console")]
public sealed class FeaturesVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("a.csv --out o --mpp 0.5", "--mpp: for slides, and a.csv is a cohort")]
    [InlineData("a.csv b.tif --out o", "a.csv is a cohort, and 1 more were given beside it")]
    [InlineData("a.tif --out o --gray", "--gray is for cohorts of images")]
    [InlineData("a.tif --out o --size 224", "expected is HEIGHTxWIDTH, such as 224x320")]
    [InlineData("a.tif --out o --size 8x8", "expected is HEIGHTxWIDTH, such as 224x320, each 16 to 16384")]
    public void What_does_not_fit_is_refused_before_anything_is_computed(string words, string error)
    {
        Assert.Contains(error, VerbCall.Run(1, ["features", "resnet-18", .. words.Split(' ')]).Errors);
        Assert.False(Directory.Exists("o"));
    }

    [Fact]
    public void A_file_of_STAMP_is_shown_and_written_in_another_layout()
    {
        var stamp = Path.Combine(TestData.Root, "tests/Learning/StoredFeatures/fixtures/stamp.h5");
        var shown = VerbCall.Run(0, "features", "show", stamp).Output;
        Assert.Contains(
            "stamp: 4 patches, 3 features each (stamp)\n  encoder: uni2-0a1b2c3d\n  side: 224 pixels\n",
            shown
        );
        var npz = Path.Combine(folder, "a.npz");
        Assert.Equal(
            $"wrote {npz}\n",
            VerbCall.Run(0, "features", "convert", stamp, "--format", "npz", "--out", npz).Output
        );
        Assert.Contains("  places: in microns\n", VerbCall.Run(0, "features", "show", npz).Output);
    }
}
