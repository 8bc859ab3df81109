using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Images;

public sealed class SuperpixelsTests
{
    [Theory]
    [InlineData(64, 48, 60, 100.0)]
    [InlineData(64, 48, 60, 5.0)]
    [InlineData(97, 31, 40, 20.0)]
    [InlineData(128, 128, 1000, 10.0)]
    [InlineData(20, 20, 1, 100.0)]
    public void Labels_are_contiguous_connected_and_about_as_many_as_asked(
        int width,
        int height,
        int segments,
        double compactness
    )
    {
        using var image = Pictures.Grainy(width, height);
        var map = Superpixels.Slic(image, new SlicOptions { Segments = segments, Compactness = compactness });

        Assert.Equal(width * height, map.Labels.Length);
        Assert.Equal(Enumerable.Range(0, map.Count), map.Labels.Distinct().Order());
        Assert.InRange(map.Count, segments * 0.5, (segments * 1.6) + 1);
        Assert.Equal(map.Count, Pieces(map, width));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(200, 1, 22)]
    [InlineData(1, 19, 2)]
    [InlineData(25, 1, 2)]
    [InlineData(2, 2, 1)]
    [InlineData(50, 2, 4)] // a step of 5, which is more than two sides
    [InlineData(3, 77, 1)]
    [InlineData(600, 4, 2)]
    public void An_image_narrower_than_a_superpixel_has_some_all_the_same(int width, int height, int segments)
    {
        using var image = Pictures.Grainy(width, height);
        var map = Superpixels.Slic(image, new SlicOptions { Segments = segments });
        Assert.Equal(Enumerable.Range(0, map.Count), map.Labels.Distinct().Order());
        Assert.Equal(map.Count, Pieces(map, width));
    }

    [Fact]
    public void A_low_compactness_follows_edges_of_color()
    {
        using var image = Pictures.Discs(128);
        var loose = Spread(image, compactness: 5);
        var grid = Spread(image, compactness: 2000);
        Assert.True(loose < 0.35 * grid, $"within superpixels {loose:F1} at 5, {grid:F1} at 2000");
    }

    [Fact]
    public void The_same_image_gives_the_same_labels_and_another_space_gives_others()
    {
        using var image = Pictures.Discs(96);
        var options = new SlicOptions { Segments = 100, Compactness = 150 };
        Assert.Equal(Superpixels.Slic(image, options).Labels, Superpixels.Slic(image, options).Labels);
        Assert.NotEqual(
            Superpixels.Slic(image, options).Labels,
            Superpixels.Slic(image, options with { Colors = SlicColors.AsStored }).Labels
        );
    }

    [Fact]
    public void Gray_images_have_superpixels_too()
    {
        using var image = Pictures.Ramp(60, 60, channels: 1);
        var map = Superpixels.Slic(image, new SlicOptions { Segments = 36 });
        Assert.InRange(map.Count, 20, 50);
    }

    [Theory]
    [InlineData(0, 100, 10, "Segments is 0")]
    [InlineData(65, 100, 10, "goes from 1 to the 64 pixels")]
    [InlineData(4, 0, 10, "Compactness is 0")]
    [InlineData(4, double.NaN, 10, "Compactness is NaN")]
    [InlineData(4, 100, 0, "Iterations is 0")]
    public void Options_out_of_range_are_refused(int segments, double compactness, int iterations, string message)
    {
        using var image = new Image(8, 8);
        var options = new SlicOptions
        {
            Segments = segments,
            Compactness = compactness,
            Iterations = iterations,
        };
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => Superpixels.Slic(image, options)).Message);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 3)]
    public void Components_join_at_corners_or_not(bool diagonal, int pieces)
    {
        using var mask = Image.From([255, 0, 0, 0, 0, 1, 0, 7, 0, 0, 0, 7], 4, 3, channels: 1);
        var map = Components.Find(mask, diagonal);
        Assert.Equal(pieces, map.Count);
        Assert.Equal(8, map.Areas()[0]);
        Assert.Equal(4, map.Areas()[1..].Sum());
        Assert.Equal(0, map.Labels[1]);
    }

    [Fact]
    public void Components_of_a_color_image_are_refused()
    {
        using var image = new Image(4, 4);
        Assert.Throws<ArgumentException>(() => Components.Find(image));
    }

    /// <summary>4-connected pieces of equal label.</summary>
    private static int Pieces(SuperpixelMap map, int width)
    {
        var seen = new bool[map.Labels.Length];
        var pieces = 0;
        var waiting = new Stack<int>();
        for (var start = 0; start < seen.Length; start++)
        {
            if (seen[start])
                continue;
            pieces++;
            seen[start] = true;
            waiting.Push(start);
            while (waiting.TryPop(out var at))
            {
                var (left, right) = (at % width > 0 ? at - 1 : -1, (at + 1) % width > 0 ? at + 1 : -1);
                foreach (var next in new[] { at - width, at + width, left, right })
                {
                    if (next < 0 || next >= seen.Length || seen[next] || map.Labels[next] != map.Labels[at])
                        continue;
                    seen[next] = true;
                    waiting.Push(next);
                }
            }
        }
        return pieces;
    }

    /// <summary>Mean squared distance of samples from their superpixel's mean.</summary>
    private static double Spread(Image image, double compactness)
    {
        var map = Superpixels.Slic(image, new SlicOptions { Segments = 144, Compactness = compactness });
        double total = 0;
        for (var c = 0; c < 3; c++)
        {
            var (sums, squares, counts) = (new double[map.Count], new double[map.Count], new int[map.Count]);
            for (var i = 0; i < map.Labels.Length; i++)
            {
                var (label, value) = (map.Labels[i], (double)image.Pixels[(3 * i) + c]);
                sums[label] += value;
                squares[label] += value * value;
                counts[label]++;
            }
            for (var k = 0; k < map.Count; k++)
                total += squares[k] - (sums[k] * sums[k] / counts[k]);
        }
        return total / image.ByteCount;
    }
}
