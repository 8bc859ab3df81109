using Coverslip.Learning.Masks;

namespace Coverslip.Learning.Tests.Masks;

public sealed class FillingTests
{
    private const int Width = 40,
        Height = 30;

    // Every pixel's two samples name its place, so that a copy tells where it came from.
    private static byte[] Places() =>
        [.. Enumerable.Range(0, Width * Height).SelectMany(i => new[] { (byte)(i % Width), (byte)(i / Width) })];

    private static byte[] LeftHalf() =>
        [.. Enumerable.Range(0, Width * Height).Select(i => (byte)(i % Width < Width / 2 ? 255 : 0))];

    [Fact]
    public void What_is_filled_is_a_copy_of_a_valid_pixel_and_the_mask_follows()
    {
        var (places, mask) = (Places(), LeftHalf());
        for (var seed = 0; seed < 50; seed++)
        {
            var filled = Filling.Fill(places, mask, Width, new FillingOptions(), seed);
            Assert.Equal(filled.Mask.Count(m => m != 0), mask.Count(m => m != 0) + filled.Filled);
            for (var i = 0; i < mask.Length; i++)
            {
                var (x, y) = (filled.Pixels[2 * i], filled.Pixels[2 * i + 1]);
                var unchanged = x == i % Width && y == i / Width;
                if (mask[i] != 0)
                    Assert.True(unchanged && filled.Mask[i] == 255);
                else if (filled.Mask[i] != 0)
                    Assert.NotEqual(0, mask[y * Width + x]);
                else
                    Assert.True(unchanged);
            }
        }
    }

    [Fact]
    public void Some_motion_fills_and_more_copies_fill_more()
    {
        var (places, mask) = (Places(), LeftHalf());
        int Sum(int copies) =>
            Enumerable
                .Range(0, 20)
                .Sum(seed => Filling.Fill(places, mask, Width, new FillingOptions { Copies = copies }, seed).Filled);
        Assert.InRange(Sum(1), 1, 20 * Width * Height / 2);
        Assert.True(Sum(4) > Sum(1));
    }

    [Fact]
    public void Half_a_turn_without_a_shift_fills_the_other_half()
    {
        // With the angle limited to 180 and no shift, the one free number is the angle; of many seeds some come near
        // half a turn.
        var filled = Enumerable
            .Range(0, 200)
            .Max(seed => Filling.Fill(Places(), LeftHalf(), Width, new FillingOptions { MaxShift = 0 }, seed).Filled);
        Assert.True(filled > 0.95 * Width * Height / 2, $"{filled}");
    }

    [Fact]
    public void The_range_holds()
    {
        // Unturned and moved by at most a tenth of the width, nothing is copied further than that.
        for (var seed = 0; seed < 20; seed++)
        {
            var filled = Filling.Fill(
                Places(),
                LeftHalf(),
                Width,
                new FillingOptions { MaxAngle = 0, MaxShift = 0.1 },
                seed
            );
            for (var i = 0; i < Width * Height; i++)
            {
                Assert.InRange(Math.Abs(filled.Pixels[2 * i] - i % Width), 0, Width / 10);
                Assert.InRange(Math.Abs(filled.Pixels[2 * i + 1] - i / Width), 0, Height / 10);
            }
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_patch_and_off_changes_nothing()
    {
        var (places, mask) = (Places(), LeftHalf());
        var (a, b) = (
            Filling.Fill(places, mask, Width, new FillingOptions(), 7),
            Filling.Fill(places, mask, Width, new FillingOptions(), 7)
        );
        Assert.Equal(a.Pixels, b.Pixels);
        Assert.Equal(a.Mask, b.Mask);
        var off = Filling.Fill(places, mask, Width, new FillingOptions { Enabled = false }, 7);
        Assert.Equal(places, off.Pixels);
        Assert.Equal(mask, off.Mask);
        Assert.Equal(0, Filling.Fill(places, new byte[mask.Length], Width, new FillingOptions(), 7).Filled);
    }

    [Fact]
    public void Sizes_and_ranges_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Filling.Fill(new byte[10], new byte[4], 2, new FillingOptions(), 1));
        var error = Assert.Throws<ArgumentException>(() =>
            Filling.Fill(new byte[12], new byte[4], 2, new FillingOptions { MaxShift = 2 }, 1)
        );
        Assert.Contains("MaxShift is 2", error.Message);
    }
}
