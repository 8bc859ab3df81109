using Coverslip.Learning.Encoders;
using Coverslip.Learning.StoredFeatures;
using Coverslip.Learning.Tests.Encoders;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Tissue;
using Coverslip.Torch;
using Coverslip.Torch.Tests;
using Walk = Coverslip.Learning.SlideWalk.SlideWalk;

namespace Coverslip.Learning.Tests.StoredFeatures;

/// <summary>Features of what is looked at first, which end as the file that <c>coverslip features</c> writes.</summary>
[NoTensorLeaks, Collection("box")]
public sealed class SlideFeaturesTests(BoxedResNetFile box) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-features-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_asked_for_comes_first_and_the_whole_is_the_file_of_a_walk()
    {
        using var slide = SlideFile.Open(PaintedSlide.Write(At("s.tif")));
        using var encoder = Encoder.Open(box.Named, new EncoderOptions { Size = (32, 32) });
        var encoding = new SlideEncoding(encoder, new SlideEncodingOptions { Mpp = 4 }, Device.Cpu);
        var tissue = SlideTissue.Of(slide, new TissueOptions());
        new Walk(encoding, At("walk")).Predict(slide);

        long[] screen;
        using (var first = new SlideFeatures(slide, encoding, tissue, At("live")))
        {
            var corner = first.Patches.Key(0, 0); // glass
            screen = [.. first.Patches.Touching(new Rectangle(900, 700, 500, 300)), corner]; // of windows of 256 pixels
            Assert.Equal(1 + (3 * 2), screen.Length);
            first.Compute(screen);
            Assert.All(screen, key => Assert.NotNull(first.Of(key)));
            Assert.Equal(6, first.Done);
            Assert.False(first.Complete);
        }
        using (var again = new SlideFeatures(slide, encoding, tissue, At("live")))
        {
            Assert.Equal(6, again.Done); // and not the glass
            Assert.Null(again.Of(screen[^1]));
            while (again.ComputeSome(16)) { }
            Assert.True(again.Complete);
        }
        Assert.Empty(Directory.GetFiles(At("live"), "*.state"));
        var (whole, live) = (Read("walk"), Read("live"));
        Assert.Equal(whole.Places, live.Places);
        Assert.All(whole.Values.Zip(live.Values), v => Assert.Equal((float)v.First, (float)v.Second, 0.01));

        using var stored = new SlideFeatures(slide, encoding, tissue, At("live"));
        Assert.True(stored.Complete);
        Assert.Equal((float)live.Values[0], stored.Of(stored.Patches.Wanted.First())![0]);
    }

    private PatchFeatures Read(string name) => FeatureFile.Read(Path.Combine(At(name), "s.h5")).Features;

    private string At(string name) => Path.Combine(folder, name);
}
