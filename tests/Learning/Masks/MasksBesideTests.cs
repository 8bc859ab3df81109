using Coverslip.Learning.Masks;
using Coverslip.Slides.Images;
using Coverslip.Torch;

namespace Coverslip.Learning.Tests.Masks;

/// <summary>Masks of many images at the same time: those of one after the other, in order.</summary>
[Collection("tensors of masks")]
public sealed class MasksBesideTests : IDisposable
{
    private static readonly MaskOptions Small = new()
    {
        Labels = 16,
        Channels = 16,
        MinimumLabels = 4,
        Segments = 60,
        MaxSteps = 25,
    };

    private readonly int threads = TorchRuntime.Threads;
    private readonly (string Name, string Path)[] images =
    [
        .. Enumerable.Range(0, 7).Select(i => ($"{i}.png", $"/nowhere/{i}.png")),
    ];

    public void Dispose() => TorchRuntime.Threads = threads;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void They_are_those_made_one_by_one(int beside)
    {
        TorchRuntime.Threads = 1;
        var maker = new MaskMaker(Small, MaskRules.Published);
        var alone = images
            .Select(i =>
            {
                using var image = Picture(i.Name);
                using var share = new ThreadShare(1); // OpenBLAS's threads are the process's, and other tests leave them
                return maker.Make(image).Segmentation.Labels;
            })
            .ToArray();
        TorchRuntime.Threads = beside;
        var made = Make(maker, default).ToArray();
        Assert.Equal(images.Select(i => i.Name), made.Select(m => m.Name));
        Assert.Equal(alone, made.Select(m => m.Result.Segmentation.Labels));
        Assert.Equal(beside, TorchRuntime.Threads);
    }

    [Fact]
    public void What_was_segmented_before_is_judged_and_what_fails_fails_in_its_place()
    {
        TorchRuntime.Threads = 2;
        var maker = new MaskMaker(Small, MaskRules.Published);
        var known = new Learning.Masks.Segmentation(new byte[40 * 40], 1, 9, Stopped: true);
        var made = new MasksBeside(maker, Small).Make(
            images,
            (name, _) => name == "3.png" ? throw new UnreadableImageException(name, "torn") : Picture(name),
            (name, width, height) => (name, width, height) == ("1.png", 40, 40) ? known : null,
            default
        );
        var seen = new List<MadeMask>();
        Assert.Throws<UnreadableImageException>(() =>
        {
            foreach (var mask in made)
                seen.Add(mask);
        });
        Assert.Equal(3, seen.Count);
        Assert.Same(known, seen[1].Result.Segmentation);
    }

    [Fact]
    public void A_stop_begins_no_further_image()
    {
        using var stop = new CancellationTokenSource();
        var maker = new MaskMaker(Small, MaskRules.Published);
        var count = 0;
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (var mask in Make(maker, stop.Token))
                if (++count == 1)
                    stop.Cancel();
        });
        Assert.InRange(count, 1, 6);
    }

    private IEnumerable<MadeMask> Make(MaskMaker maker, CancellationToken stop) =>
        new MasksBeside(maker, Small).Make(images, (name, _) => Picture(name), (_, _, _) => null, stop);

    private static Image Picture(string name)
    {
        var image = new Image(40, 40);
        new Random(name[0]).NextBytes(image.WritablePixels);
        for (var i = 0; i < 40 * 20 * 3; i++)
            image.WritablePixels[i] = (byte)(image.WritablePixels[i] / 4);
        return image;
    }
}
