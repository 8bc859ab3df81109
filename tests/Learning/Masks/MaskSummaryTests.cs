using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Masks;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Tests.Masks;

/// <summary>What is said of the masks of a study.</summary>
public sealed class MaskSummaryTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(
        4,
        "4 of 5 images keep an area, 40 % of an image on average; 2 segmentations ended at the limit of steps."
    )]
    [InlineData(
        3,
        "3 of 5 images keep an area, 30 % of an image on average; 2 segmentations ended at the limit of steps. Fewer than four in five keep any: masked is a name here, and no masking."
    )]
    public void It_counts_what_is_left_and_what_was_cut_short(int kept, string expected)
    {
        File.WriteAllLines(
            Path.Combine(folder, "masks.csv"),
            [
                "image,labels,steps,share_valid,seconds,reason,picture,segmentation,rules",
                .. Enumerable.Range(0, 5).Select(i => $"{i}.png,9,{(i < 2 ? 60 : 41)},{(i < kept ? 0.5 : 0)},1,,,,"),
            ]
        );
        File.WriteAllText(
            Path.Combine(folder, "areas.csv"),
            "image,label,pixels,share,brightness,redness,texture,failed\n"
        );
        Assert.Equal(expected, MaskSummary.Of(folder, limit: 60)!.InWords);
    }

    [Fact]
    public void Masks_of_the_column_have_areas_and_no_limit()
    {
        foreach (var (name, valid) in ((string, int)[])[("a", 0), ("b", 8), ("c", 16)])
        {
            using var image = new Image(4, 4, channels: 1);
            image.WritablePixels.Clear(); // new pixels hold anything
            image.WritablePixels[..valid].Fill(255);
            ImageFile.Write(Path.Combine(folder, $"{name}-mask.png"), image);
            ImageFile.Write(Path.Combine(folder, $"{name}.png"), image);
        }
        var file = Path.Combine(folder, "cohort.csv");
        void Write(string last) =>
            File.WriteAllText(
                file,
                $"image,label,patient,mask\na.png,x,P1,a-mask.png\nb.png,y,P2,b-mask.png\nc.png,x,P3,{last}\n"
            );
        Write("c-mask.png");
        var summary = MaskSummary.OfColumn(Cohort.Load(file))!;
        Assert.Equal(new MaskSummary(3, 2, 0.5, null), summary);
        Assert.True(summary.IsVoid);
        Write("");
        Assert.Null(MaskSummary.OfColumn(Cohort.Load(file)));
    }

    [Fact]
    public void Without_masks_there_is_nothing_to_say() => Assert.Null(MaskSummary.Of(folder, limit: 60));
}
