using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;

namespace Coverslip.Learning.Tests.SlideWalk;

/// <summary>Detections of heatmaps that are written down.</summary>
public sealed class DetectionFinderTests
{
    private const float None = float.NaN;

    [Fact]
    public void Maxima_are_repeated_outside_of_the_radius()
    {
        // Cells of 128 pixels of 0.25 µm are 32 µm apart.
        var heatmap = Of(6, [0.9f, 0.8f, 0.7f, 0.6f, 0.2f, None], [0.6f, None, 0.5f, 0.95f, 0.2f, 0.51f]);
        // 32 µm reach the four neighbors.
        Assert.Equal(
            [(0.95, 448.0, 192.0), (0.9, 64.0, 64.0), (0.7, 320.0, 64.0), (0.51, 704.0, 192.0)],
            Places(heatmap, new DetectionOptions { RadiusMicrons = 32 })
        );
        // 46 µm reach the neighbors and, at 45.25, the diagonal ones.
        Assert.Equal(
            [(0.95, 448.0, 192.0), (0.9, 64.0, 64.0), (0.51, 704.0, 192.0)],
            Places(heatmap, new DetectionOptions { RadiusMicrons = 46 })
        );
        Assert.Equal([(0.95, 448.0, 192.0)], Places(heatmap, new DetectionOptions { RadiusMicrons = 1000 }));
    }

    [Theory]
    [InlineData(1, 32)] // the four neighbors
    [InlineData(1.5, 46)] // the diagonal ones, too
    [InlineData(30, 1000)]
    public void A_radius_in_cells_is_one_in_microns_of_cells_that_are_square(double cells, double microns)
    {
        var heatmap = Of(6, [0.9f, 0.8f, 0.7f, 0.6f, 0.2f, None], [0.6f, None, 0.5f, 0.95f, 0.2f, 0.51f]);
        Assert.Equal(
            Places(heatmap, new DetectionOptions { RadiusMicrons = microns }),
            Places(heatmap, new DetectionOptions { RadiusCells = cells, RadiusMicrons = 0 })
        );
    }

    [Fact]
    public void With_radius_zero_every_cell_above_the_threshold_is_one_and_equal_ones_come_in_reading_order()
    {
        var heatmap = Of(3, [0.7f, 0.5f, 0.7f], [0.6f, None, 0.7f]);
        Assert.Equal(
            [(0.7, 64.0, 64.0), (0.7, 320.0, 64.0), (0.7, 320.0, 192.0), (0.6, 64.0, 192.0)],
            Places(heatmap, new DetectionOptions { RadiusMicrons = 0 })
        );
    }

    [Theory]
    [InlineData(50, 1)]
    [InlineData(100, 2)]
    [InlineData(333, 3)]
    public void One_pass_equals_the_loop_of_the_definition(double radius, int seed)
    {
        var random = new Random(seed);
        var values = new float[40 * 30];
        for (var i = 0; i < values.Length; i++)
            values[i] = random.Next(8) == 0 ? None : random.Next(100) / 100f;
        var grid = Grid(40, 30);
        var left = values.ToArray();
        var expected = new List<(double, double, double)>();
        while (true)
        {
            var best = Enumerable.Range(0, left.Length).Where(i => left[i] > 0.4).OrderByDescending(i => left[i]);
            if (!best.Any())
                break;
            var (cell, column, row) = (best.First(), best.First() % 40, best.First() / 40);
            expected.Add((Math.Round(left[cell], 4), grid.Center(column, row).X, grid.Center(column, row).Y));
            for (var i = 0; i < left.Length; i++)
            {
                if (double.Hypot(((i % 40) - column) * 32, ((i / 40) - row) * 32) <= radius)
                    left[i] = 0;
            }
        }
        var options = new DetectionOptions { Threshold = 0.4, RadiusMicrons = radius };
        Assert.Equal(expected, Places(new Heatmap(grid, values), options));
    }

    [Fact]
    public void Components_touch_at_corners_and_have_an_area()
    {
        var heatmap = Of(
            5,
            [0.6f, 0.1f, 0.1f, 0.8f, 0.9f],
            [0.1f, 0.7f, 0.1f, None, 0.1f],
            [0.1f, 0.1f, 0.1f, 0.1f, 0.55f]
        );
        var found = DetectionFinder.Find(heatmap, new DetectionOptions { Components = true });
        Assert.Equal([(576.0, 64.0), (192.0, 192.0), (576.0, 320.0)], found.Select(d => (d.X, d.Y)));
        Assert.Equal([2 * 32 * 32.0, 2 * 32 * 32.0, 32 * 32.0], found.Select(d => d.Component!.Area));
    }

    [Fact]
    public void Components_have_outlines_that_hold_their_cells_and_holes()
    {
        var heatmap = Of(
            5,
            [0.6f, 0.8f, 0.7f, 0.1f, 0.1f],
            [0.9f, 0.1f, 0.7f, 0.1f, None],
            [0.8f, 0.7f, 0.7f, 0.2f, 0.1f],
            [0.1f, 0.1f, 0.1f, 0.6f, 0.1f]
        );
        var found = Assert.Single(DetectionFinder.Find(heatmap, new DetectionOptions { Components = true }));
        var component = found.Component!;
        Assert.Equal((0.6 + 0.8 + 0.7 + 0.9 + 0.7 + 0.8 + 0.7 + 0.7 + 0.6) / 9, component.MeanProbability, 1e-6);
        // The ring and, at its corner, a cell of its own polygon.
        Assert.Equal([1, 0], component.Outline.Select(p => p.Holes.Count));
        var region = PolygonRegion.Of(component.Outline);
        Assert.Equal(9 * 128 * 128.0, region.Area, 1e-6);
        Assert.Equal(component.Area, region.Area * 0.25 * 0.25, 1e-6);
        for (var i = 0; i < heatmap.Values.Length; i++)
        {
            var share = region.ShareOf(new Rectangle(i % 5 * 128, i / 5 * 128, 128, 128));
            Assert.Equal(heatmap.Values[i] > 0.5 ? 1 : 0, share, 1e-9);
        }
    }

    [Theory]
    [InlineData(-0.1, 100)]
    [InlineData(1.1, 100)]
    [InlineData(0.5, -1)]
    [InlineData(0.5, double.NaN)]
    public void Options_out_of_their_range_are_refused(double threshold, double radius)
    {
        var options = new DetectionOptions { Threshold = threshold, RadiusMicrons = radius };
        Assert.Throws<ArgumentException>(() => DetectionFinder.Find(Of(1, [0.7f]), options));
    }

    private static (double, double, double)[] Places(Heatmap heatmap, DetectionOptions options) =>
        [.. DetectionFinder.Find(heatmap, options).Select(d => (Math.Round(d.Probability, 4), d.X, d.Y))];

    private static HeatmapGrid Grid(int columns, int rows) => new(columns, rows, 128, 128, 128, Mpp.Of(0.25));

    private static Heatmap Of(int columns, params float[][] rows) =>
        new(Grid(columns, rows.Length), [.. rows.SelectMany(r => r)]);
}
