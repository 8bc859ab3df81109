using System.Text;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;

namespace Coverslip.Slides.Tests.Heatmaps;

/// <summary>Heatmaps as files and colors.</summary>
public sealed class HeatmapTests : IDisposable
{
    private static readonly HeatmapGrid Grid = new(3, 2, 128, 128, 128, Mpp.Of(0.25));
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-heatmap-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_array_is_one_that_numpy_reads_and_comes_back_exactly()
    {
        float[] values = [0.1f, float.NaN, 1, Heatmap.Pending, 0, 1 / 3f];
        new Heatmap(Grid, values).Write(At("a.npy"));
        var bytes = File.ReadAllBytes(At("a.npy"));
        // numpy.lib.format: magic, version 1.0, length of a header that ends at a multiple of 64 bytes, header, data.
        Assert.Equal([0x93, .. "NUMPY"u8, 1, 0], bytes[..8]);
        var length = bytes[8] + (256 * bytes[9]);
        Assert.Equal(0, (10 + length) % 64);
        Assert.StartsWith(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
            Encoding.ASCII.GetString(bytes, 10, length)
        );
        Assert.Equal(10 + length + (6 * 4), bytes.Length);
        Assert.Equal(values, Heatmap.Read(At("a.npy"), Grid).Values.ToArray());
    }

    [Fact]
    public void A_cell_at_the_end_of_the_slide_stands_for_the_middle_of_its_part_inside()
    {
        // 1,610 pixels in cells of 64: the last begins at 1,600, and its own middle, 1,632, lies beyond.
        var grid = new HeatmapGrid(26, 15, 64, 64, 64, Mpp.Of(0.25)) { Slide = (1610, 930) };
        Assert.Equal((1605.0, 913.0), grid.Place(25, 14));
        Assert.Equal((32.0, 96.0), grid.Place(0, 1));
        Assert.Equal(grid.Center(24, 13), grid.Place(24, 13));
    }

    [Fact]
    public void An_array_of_another_size_or_a_part_of_one_is_refused()
    {
        new Heatmap(Grid, new float[6]).Write(At("a.npy"));
        Assert.Throws<InvalidDataException>(() => Heatmap.Read(At("a.npy"), Grid with { Columns = 2, Rows = 3 }));
        File.WriteAllBytes(At("b.npy"), File.ReadAllBytes(At("a.npy"))[..^1]);
        Assert.Throws<InvalidDataException>(() => Heatmap.Read(At("b.npy"), Grid));
    }

    [Fact]
    public void Figures_count_tissue_alone()
    {
        var heatmap = new Heatmap(Grid, [0.1f, float.NaN, 0.7f, Heatmap.Pending, 0, float.NaN]);
        Assert.Equal((4, 1), (heatmap.TissueCells, heatmap.PendingCells));
        Assert.Equal(0.7f, heatmap.Score);
        Assert.Equal(0, new Heatmap(Grid, [.. Enumerable.Repeat(float.NaN, 6)]).Score);
    }

    [Theory]
    [InlineData(0, 68, 1, 84)]
    [InlineData(0.5, 33, 145, 140)]
    [InlineData(1, 253, 231, 37)]
    [InlineData(0.3, 53, 95, 141)] // #355f8d, the fourth of matplotlib's viridis at eleven places
    public void Colors_are_those_of_viridis(float value, byte red, byte green, byte blue)
    {
        var color = HeatmapColors.Of(value);
        Assert.Equal(red, color.Red, tolerance: 1.0);
        Assert.Equal(green, color.Green, tolerance: 1.0);
        Assert.Equal(blue, color.Blue, tolerance: 1.0);
    }

    [Fact]
    public void Cells_lie_side_by_side_also_where_they_are_no_whole_pixels()
    {
        var grid = new HeatmapGrid(50, 50, 128, 128 * 1.01, 100.37, Mpp.Of(0.2475));
        for (var i = 0; i < 49; i++)
        {
            var (here, next) = (grid.Cell(i, i), grid.Cell(i + 1, i + 1));
            Assert.Equal(next.At.X, here.At.X + here.Width);
            Assert.Equal(next.At.Y, here.At.Y + here.Height);
        }
    }

    private string At(string name) => Path.Combine(folder, name);
}
