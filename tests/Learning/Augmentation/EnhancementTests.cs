using System.Text.Json;
using Coverslip.Files;
using Coverslip.Learning.Augmentation;
using Coverslip.Tests;

namespace Coverslip.Learning.Tests.Augmentation;

/// <summary>Pillow's colors and sharpness, byte by byte (golden/enhancement.py).</summary>
public sealed class EnhancementTests
{
    [Fact]
    public void Every_byte_equals_Pillows()
    {
        var file = Path.Combine(TestData.Root, "tests", "Learning", "Augmentation", "golden", "enhancement.json");
        var root = JsonDocument.Parse(File.ReadAllBytes(file)).RootElement;
        var (width, picture) = (root.GetProperty("width").GetInt32(), Bytes(root.GetProperty("picture")));
        foreach (var one in root.GetProperty("cases").EnumerateArray())
        {
            float[] f = [.. one.GetProperty("factors").EnumerateArray().Select(v => v.GetSingle())];
            byte[] pixels = [.. picture.Chunk(3).SelectMany(p => (byte[])[.. p, 17])];
            new Enhancement(f[0], f[1], f[2], f[3]).Apply(pixels, width);
            Assert.All(pixels.Chunk(4), p => Assert.Equal(17, p[3]));
            Assert.Equal(Bytes(one.GetProperty("changed")), pixels.Chunk(4).SelectMany(p => p[..3]));
        }
    }

    [Fact]
    public void Factors_are_drawn_within_their_shares_and_by_the_seed()
    {
        var options = new AugmentationOptions
        {
            Colors = ColorChange.Pillow,
            Saturation = 0.25,
            Contrast = 0.25,
            Brightness = 0.25,
            Sharpness = 0.25,
        };
        var drawn = Enumerable.Range(0, 200).Select(Draw).ToArray();
        foreach (
            var of in (Func<Enhancement, float>[])
                [e => e.Saturation, e => e.Contrast, e => e.Brightness, e => e.Sharpness]
        )
        {
            Assert.All(drawn, e => Assert.InRange(of(e), 0.75f, 1.25f));
            Assert.True(drawn.Min(of) < 0.78f && drawn.Max(of) > 1.22f);
        }
        Assert.Equal(drawn, Enumerable.Range(0, 200).Select(Draw));

        Enhancement Draw(int seed)
        {
            var random = new SeededRandom(seed, 0);
            return Enhancement.Draw(options, random);
        }
    }

    private static byte[] Bytes(JsonElement list) => [.. list.EnumerateArray().Select(v => v.GetByte())];
}
