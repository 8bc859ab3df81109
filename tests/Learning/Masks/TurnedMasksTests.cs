using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Masks;
using Coverslip.Slides.Images;
using Coverslip.Torch;

namespace Coverslip.Learning.Tests.Masks;

public sealed class TurnedMasksTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("turned-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_turned_mask_is_as_large_and_lies_on_the_other_side()
    {
        byte[] valid = [255, 255, 0, 0, 255, 0, 0, 0];
        using (var mask = Image.From(valid, 4, 2, channels: 1))
            ImageFile.Write(Path.Combine(folder, "mask.png"), mask);
        using (var image = new Image(4, 2))
            ImageFile.Write(Path.Combine(folder, "a.png"), image);
        var table = Path.Combine(folder, "cohort.csv");
        File.WriteAllText(table, "image,label,patient,mask\na.png,x,1,mask.png\n");
        var cohort = Cohort.Load(table, CohortChecks.Names);

        var input = new InputOptions { Masks = MaskSource.Turned };
        var place = new MaskPlace(Path.Combine(folder, "masks"), [], Device.Cpu);
        var masks = CohortMasks.Prepare(input, cohort, place, default);

        Assert.Null(masks!.RulesOf(1));
        using var turned = MaskFile.Read(masks.Of(1).FileOf(cohort.Rows[0])!);
        Assert.Equal([0, 0, 0, 255, 0, 0, 255, 255], turned.Pixels.ToArray());
    }
}
