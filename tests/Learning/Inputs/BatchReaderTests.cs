using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Slides.Images;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Inputs;

/// <summary>Batches: what is in them, and that timing has no part in it.</summary>
[NoTensorLeaks]
public sealed class BatchReaderTests(SmallCohort small) : IClassFixture<SmallCohort>
{
    private const int Side = 32;
    private static readonly InputOptions Raw = new()
    {
        Form = InputForm.Raw,
        Height = Side,
        Width = Side,
    };
    private static readonly AugmentationOptions Colors = new()
    {
        Brightness = 0.2,
        Hue = 0.1,
        Shift = 3,
    };

    private PatchSet Set => new(small.Cohort, Raw, null);

    [Fact]
    public void Seed_and_epoch_decide_what_an_epoch_holds_and_timing_does_not()
    {
        var set = Set;
        var first = Read(set, 5, seed: 3, epoch: 2);
        Assert.Equal(first, Read(set, 5, seed: 3, epoch: 2, pause: true));
        Assert.Equal(first, Read(Set, 5, seed: 3, epoch: 2));
        Assert.NotEqual(first, Read(set, 5, seed: 3, epoch: 3));
        Assert.NotEqual(first, Read(set, 5, seed: 4, epoch: 2));
    }

    [Theory]
    [InlineData(5, 24)]
    [InlineData(24, 24)]
    [InlineData(100, 24)]
    [InlineData(23, 23)] // the last batch would be one image, which batch normalization cannot take
    [InlineData(1, 24)] // unless every batch is
    public void Every_image_comes_once_in_an_epoch(int batch, int expected)
    {
        var set = Set;
        var batches = new BatchReader(set, batch, Device.Cpu).Training(set.Patches, Colors, 1, 0).ToArray();
        var images = batches.SelectMany(b => b.Patches).Select(p => p.Row.Image).ToArray();
        Assert.Equal(expected, images.Length);
        Assert.Equal(expected, images.Distinct().Count());
        Assert.NotEqual(set.Patches.Select(p => p.Row.Image).Take(expected), images);
        Assert.All(batches[..^1], b => Assert.Equal(batch, b.Patches.Count));
    }

    [Fact]
    public void Repeats_show_each_image_in_every_orientation()
    {
        var set = Set;
        var eight = new AugmentationOptions { Repeats = 8 };
        var batches = new BatchReader(set, 5, Device.Cpu).Training(set.Patches, eight, 1, 3).ToArray();
        Assert.Equal(24 * 8, batches.Sum(b => b.Patches.Count));
        var size = Side * Side * 4;
        var seen = batches.SelectMany(b =>
            b.Patches.Select((p, place) => (p.Row.Image, Pixels: Convert.ToHexString(b.Pixels, place * size, size)))
        );
        var turned = new byte[size];
        foreach (var image in seen.GroupBy(s => s.Image))
        {
            var expected = Enumerable
                .Range(0, 8)
                .Select(o =>
                {
                    var source = set.Pixels(set.Patches.Single(p => p.Row.Image == image.Key));
                    ImageChange.Oriented(o).Apply(source, turned, Side, Side);
                    return Convert.ToHexString(turned);
                });
            Assert.Equal(expected.Order(), image.Select(i => i.Pixels).Order());
        }
    }

    [Fact]
    public void Plain_batches_are_the_images_in_order()
    {
        var set = Set;
        using var scope = new TensorScope();
        var reader = new BatchReader(set, 7, Device.Cpu);
        var next = 0;
        foreach (var raw in reader.Plain(set.Patches))
        {
            var batch = reader.ToTensors(raw, [0.5, 2]);
            Assert.True(batch.Image.IsChannelsLast);
            var pixels = batch.Image.Permute(0, 2, 3, 1).Contiguous().ToArray<float>().Chunk(Side * Side * 3).ToArray();
            foreach (var (place, patch) in raw.Patches.Index())
            {
                Assert.Same(set.Patches[next++], patch);
                Assert.Equal(
                    Color(set.Pixels(patch)).Select(b => b / 255f),
                    pixels[place],
                    (a, b) => Math.Abs(a - b) < 1e-6
                );
                Assert.Equal(patch.Label, batch.Target.ToArray<long>()[place]);
                Assert.Equal(patch.Label == 0 ? 0.5f : 2, batch.Weights!.ToArray<float>()[place]);
            }
            Assert.All(batch.Mask.ToArray<float>(), m => Assert.Equal(1, m));
        }
        Assert.Equal(24, next);
    }

    [Fact]
    public void Standardized_images_lose_brightness_and_contrast_over_what_the_mask_keeps()
    {
        using var scope = new TensorScope();
        var set = new PatchSet(small.Cohort, Raw with { Standardize = true }, null);
        var patches = set.Patches.Take(2).ToArray();
        var (pixels, half) = (new byte[2 * Side * Side * 4], Side * Side / 2);
        var random = new Random(1);
        for (var i = 0; i < Side * Side; i++)
        {
            // The second image is the first, darker and flatter; the mask keeps the upper half, the lower is glaring
            // white.
            var (valid, gray) = (i < half, random.Next(256));
            pixels.AsSpan(i * 4, 4).Fill((byte)(valid ? gray : 255));
            pixels.AsSpan((Side * Side + i) * 4, 4).Fill((byte)(valid ? 20 + gray / 2 : 255));
            pixels[i * 4 + 3] = pixels[(Side * Side + i) * 4 + 3] = valid ? (byte)255 : (byte)0;
        }
        var batch = new BatchReader(set, 2, Device.Cpu).ToTensors(
            new RawBatch(pixels, [.. patches.Select(p => p.Label)])
        );
        var values = batch.Input(InputForm.Masked).Contiguous().ToArray<float>().Chunk(Side * Side * 3).ToArray();
        Assert.Equal(values[0], values[1], (a, b) => Math.Abs(a - b) < 0.02);
        foreach (var channel in values.SelectMany(v => v.Chunk(Side * Side)))
        {
            Assert.Equal(0, channel[..half].Average(), 1e-4);
            Assert.Equal(1, Math.Sqrt(channel[..half].Average(v => v * v)), 1e-3);
            Assert.All(channel[half..], v => Assert.Equal(0, v));
        }
        var glass = Enumerable.Repeat((byte)230, pixels.Length).ToArray(); // not blown up into noise, nor divided by zero
        batch = new BatchReader(set, 2, Device.Cpu).ToTensors(new RawBatch(glass, [.. patches.Select(p => p.Label)]));
        Assert.All(batch.Image.ToArray<float>(), v => Assert.Equal(0, v, 1e-3));
    }

    [Fact]
    public void The_eight_orientations_are_the_dihedral_group()
    {
        var source = new byte[4 * 4 * 4];
        new Random(1).NextBytes(source);
        var turns = new List<byte[]> { Color(source) };
        for (var i = 0; i < 3; i++)
            turns.Add(Moved(turns[^1], (row, column) => (column, 3 - row)));
        var expected = turns
            .SelectMany(turn => new[] { turn, Moved(turn, (row, column) => (row, 3 - column)) })
            .Select(Convert.ToHexString);
        var actual = Enumerable.Range(0, 8).Select(o => Convert.ToHexString(Color(Applied(source, o, 4, 4)))).ToArray();
        Assert.Equal(8, actual.Distinct().Count());
        Assert.Equal(expected.Order(), actual.Order());
        Assert.Equal(source, Applied(source, 0, 4, 4));
    }

    /// <summary>A picture of 4 × 4 whose pixels went elsewhere.</summary>
    private static byte[] Moved(byte[] colors, Func<int, int, (int Row, int Column)> to)
    {
        var moved = new byte[colors.Length];
        for (var row = 0; row < 4; row++)
        for (var column = 0; column < 4; column++)
        {
            var at = to(row, column);
            colors.AsSpan((row * 4 + column) * 3, 3).CopyTo(moved.AsSpan((at.Row * 4 + at.Column) * 3));
        }
        return moved;
    }

    [Fact]
    public void An_image_that_is_not_square_keeps_its_sides()
    {
        var source = new byte[2 * 3 * 4];
        new Random(1).NextBytes(source);
        Assert.Equal(4, ImageChange.Orientations(2, 3));
        var seen = new HashSet<string>();
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new SeededRandom(seed);
            var target = new byte[source.Length];
            ImageChange.Draw(new AugmentationOptions(), 2, 3, random).Apply(source, target, 2, 3);
            Assert.Equal(Pixels(source).Order(), Pixels(target).Order());
            seen.Add(Convert.ToHexString(target));
        }
        Assert.Equal(4, seen.Count);
    }

    [Fact]
    public void An_epoch_that_is_left_early_ends_its_reader()
    {
        var set = Set;
        var reader = new BatchReader(set, 2, Device.Cpu);
        for (var i = 0; i < 50; i++)
            Assert.Single(reader.Training(set.Patches, Colors, 1, i).Take(1));
        Assert.Equal(12, reader.Training(set.Patches, Colors, 1, 0).Count());
    }

    [Fact]
    public void An_image_that_cannot_be_read_any_more_stops_the_consumer_with_its_name()
    {
        var set = Set;
        var gone = new Patch(new CohortRow(99, "images/gone.png", "sheets", "P01"), 0, false)
        {
            Source = new SourceImage(3, 1),
        };
        var reader = new BatchReader(set, 4, Device.Cpu);
        var read = 0;
        var error = Assert.ThrowsAny<Exception>(() =>
        {
            foreach (var raw in reader.Plain([.. set.Patches, gone]))
                read += raw.Patches.Count;
        });
        Assert.Contains("gone.png", error.Message);
        Assert.Equal(24, read);
    }

    [Fact]
    public void A_file_of_the_cohort_that_is_no_image_is_named()
    {
        var file = Path.Combine(small.Folder, "broken.png");
        File.WriteAllText(file, "no picture");
        var table = Path.Combine(small.Folder, "broken.csv");
        CohortFile.Write(
            table,
            [
                .. small.Cohort.Rows.Select(r => r with { Image = small.Cohort.ImagePath(r), Mask = null }),
                new CohortRow(0, file, "sheets", "P01"),
            ],
            []
        );
        var error = Assert.Throws<UnreadableImageException>(() =>
            new PatchSet(Cohort.Load(table, CohortChecks.Table), Raw, null)
        );
        Assert.Contains("broken.png", error.Message);
    }

    private static string[] Read(PatchSet set, int batch, long seed, int epoch, bool pause = false)
    {
        var read = new List<string>();
        foreach (var raw in new BatchReader(set, batch, Device.Cpu).Training(set.Patches, Colors, seed, epoch))
        {
            if (pause)
                Thread.Sleep(5);
            read.Add(Convert.ToHexString(raw.Pixels.AsSpan(0, raw.Patches.Count * Side * Side * 4)));
        }
        return [.. read];
    }

    private static byte[] Applied(byte[] source, int orientation, int height, int width)
    {
        var target = new byte[source.Length];
        ImageChange.Oriented(orientation).Apply(source, target, height, width);
        return target;
    }

    private static byte[] Color(byte[] pixels) => [.. pixels.Where((_, i) => i % 4 != 3)];

    private static IEnumerable<string> Pixels(byte[] pixels) => pixels.Chunk(4).Select(Convert.ToHexString);
}
