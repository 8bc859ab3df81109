using Coverslip.Slides.Formats;
using Coverslip.Slides.Patches;
using Coverslip.Slides.Tests.Formats;
using Coverslip.Slides.Tissue;

namespace Coverslip.Slides.Tests.Tissue;

/// <summary>Tissue and patches of a real slide, a part of OpenSlide's CMU-1.</summary>
public sealed class RealTissueTests
{
    [Theory]
    [InlineData(TissueChannel.Saturation)]
    [InlineData(TissueChannel.Darkness)]
    [InlineData(TissueChannel.Green)]
    public void The_piece_in_the_middle_is_found_and_patches_lie_on_it(TissueChannel channel)
    {
        using var slide = SlideFile.Open(TestSlides.Real("cmu-1-small-region.svs"));
        using var map = TissueFinder.Find(slide, new TissueOptions { Channel = channel });
        Assert.Null(map.Reason);
        Assert.InRange(map.Share, 0.25, 0.45);

        var options = new PatchOptions { Side = 128, MinTissue = 0.9 };
        var found = PatchSampler.Sample(slide, new PatchAreas { Tissue = map.Region }, options);
        Assert.InRange(found.Patches.Count, 30, 200);
        Assert.All(found.Patches, each => Assert.InRange(each.Tissue, 0.9 - 1e-9, 1));
    }
}
