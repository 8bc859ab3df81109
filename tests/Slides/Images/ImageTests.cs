using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Images;

public sealed class ImageTests
{
    [Theory]
    [InlineData(0, 1, 3, 8)]
    [InlineData(1, 0, 3, 8)]
    [InlineData(1, 1, 4, 8)]
    [InlineData(1, 1, 3, 12)]
    [InlineData(40_000, 40_000, 3, 8)]
    public void Sizes_out_of_range_are_refused(int width, int height, int channels, int depth) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(width, height, channels, depth));

    [Fact]
    public void A_disposed_image_gives_no_pixels_and_may_be_disposed_again()
    {
        var image = Pictures.Noise(8, 8);
        image.Dispose();
        image.Dispose();
        Assert.Throws<ObjectDisposedException>(() => image.Pixels.Length);
    }

    [Fact]
    public void A_buffer_is_used_again_and_never_by_two_images_at_once()
    {
        var first = new Image(64, 64);
        using var other = new Image(64, 64);
        first.WritablePixels.Fill(1);
        other.WritablePixels.Fill(2);
        Assert.True(first.Pixels.IndexOfAnyExcept((byte)1) < 0);

        ref var freed = ref first.WritablePixels[0];
        first.Dispose();
        using var next = new Image(64, 64);
        Assert.True(System.Runtime.CompilerServices.Unsafe.AreSame(ref freed, ref next.WritablePixels[0]));
        Assert.True(other.Pixels.IndexOfAnyExcept((byte)2) < 0);
    }

    [Fact]
    public void Reading_from_many_threads_gives_everyone_his_own_pixels()
    {
        var files = Enumerable
            .Range(0, 8)
            .Select(seed =>
            {
                using var image = Pictures.Noise(50, 40, seed: seed);
                return (Pixels: image.Pixels.ToArray(), File: ImageFile.Encode(image, ".png"));
            })
            .ToArray();
        Parallel.For(
            0,
            200,
            i =>
            {
                var (pixels, file) = files[i % files.Length];
                using var read = ImageFile.Decode(file, $"{i}");
                Assert.True(read.Pixels.SequenceEqual(pixels));
            }
        );
    }

    [Fact]
    public void Samples_that_do_not_fit_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => Image.From(new byte[11], 2, 2));
        Assert.Contains("11 samples for 2 × 2 pixels of 3, which need 12", error.Message);
    }

    [Fact]
    public void An_8_bit_image_has_no_16_bit_samples()
    {
        using var image = new Image(2, 2);
        Assert.Throws<InvalidOperationException>(() => image.Pixels16.Length);
    }
}
