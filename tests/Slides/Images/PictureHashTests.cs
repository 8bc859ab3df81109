using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Images;

/// <summary>One picture in other files looks like itself, another does not.</summary>
public sealed class PictureHashTests
{
    [Fact]
    public void Recompressed_resized_and_brightened_it_is_the_same_picture()
    {
        using var image = Cloudy(seed: 1);
        var hash = PictureHash.Of(image);
        using var jpeg = ImageFile.Decode(
            ImageFile.Encode(image, ".jpg", new ImageWriteOptions { JpegQuality = 60 }),
            "jpeg"
        );
        using var small = Transforms.Resize(image, 96, 72);
        using var bright = image.Clone();
        foreach (ref var sample in bright.WritablePixels)
            sample = (byte)Math.Min(255, sample + 12);
        Image[] variants = [jpeg, small, bright];
        Assert.All(variants, variant => Assert.True(hash.LooksLike(PictureHash.Of(variant))));
        Assert.All(variants, variant => Assert.NotEqual(hash.Pixels, PictureHash.Of(variant).Pixels));
        using var tiff = ImageFile.Decode(ImageFile.Encode(image, ".tif"), "tiff");
        Assert.Equal(hash.Pixels, PictureHash.Of(tiff).Pixels);
    }

    [Fact]
    public void Other_pictures_do_not_look_alike_and_an_empty_one_tells_nothing()
    {
        PictureHash[] hashes = [.. Enumerable.Range(1, 30).Select(Hash)];
        for (var i = 0; i < hashes.Length; i++)
        for (var j = i + 1; j < hashes.Length; j++)
            Assert.False(hashes[i].LooksLike(hashes[j]));
        Assert.DoesNotContain(hashes, h => h.IsFlat);
        using var blank = new Image(40, 40);
        blank.WritablePixels.Fill(240);
        Assert.True(PictureHash.Of(blank).IsFlat);
    }

    private static PictureHash Hash(int seed)
    {
        using var image = Cloudy(seed);
        return PictureHash.Of(image);
    }

    /// <summary>Random blobs, as coarse as tissue is beside its thumbnail.</summary>
    private static Image Cloudy(int seed)
    {
        var random = new Random(seed);
        using var coarse = new Image(12, 9);
        random.NextBytes(coarse.WritablePixels);
        return Transforms.Resize(coarse, 192, 144, Interpolation.Linear);
    }
}
