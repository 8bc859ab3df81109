using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Tests.SlideWalk;

/// <summary>Steps of a heatmap of five by four cells of 64 pixels, on a mask of eight pixels to one.</summary>
public sealed class HeatmapRoughnessTests : IDisposable
{
    private static readonly CohortRow Row = new(2, "slides/s.tif", "tumor", "P");
    private readonly string part = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(part, recursive: true);

    /// <summary>Probabilities rise by 0.1 to the right and 0.2 downward: every step is √0.05 long, inside or out.</summary>
    [Theory]
    [InlineData(3, 3, 4)] // of 3 × 3 cells inside, 2 × 2 have both neighbors inside
    [InlineData(2, 2, 1)]
    [InlineData(1, 4, 0)] // a column has no cell with a right neighbor
    public void The_step_is_the_mean_over_cells_with_both_neighbors_inside_tumor(int columns, int rows, int cells)
    {
        Write((x, y) => (0.1f * x) + (0.2f * y), columns, rows);
        var (sum, counted) = HeatmapRoughness.Of(part, Row);
        Assert.Equal(cells, counted);
        Assert.Equal(cells * Math.Sqrt(0.05), sum, 1e-6);
    }

    [Fact]
    public void Cells_without_tissue_have_no_step_and_the_mean_is_over_cells_of_all_patients()
    {
        Write((x, y) => (x, y) == (1, 1) ? float.NaN : 0.25f * x, 3, 3);
        // (0, 0) has a right neighbor and a lower one; those beside (1, 1) lack one.
        Assert.Equal((0.25, 1), HeatmapRoughness.Of(part, Row));

        var all = HeatmapRoughness.Of([("a", (0.6, 3)), ("b", (0.4, 1)), ("c", (0, 0))]);
        Assert.Equal(0.25, all.Value!.Value, 1e-12);
        Assert.Equal((0.2, 0.4), (Math.Round(all.Low!.Value, 9), Math.Round(all.High!.Value, 9)));
        Assert.Null(HeatmapRoughness.Of([("c", (0, 0))]).Value);
        Assert.Equal("one patient gives no interval", HeatmapRoughness.Of([("a", (0.6, 3))]).Reason);
    }

    private void Write(Func<int, int, float> value, int columns, int rows)
    {
        var files = TestFiles.Of(part, Row);
        Directory.CreateDirectory(files.Folder);
        Directory.CreateDirectory(TestFiles.TruthFolder(part));
        var grid = new HeatmapGrid(5, 4, 64, 64, 64, Mpp.Of(1));
        var heatmap = new Heatmap(grid, [.. Enumerable.Range(0, 20).Select(i => value(i % 5, i / 5))]);
        heatmap.Write(files.Heatmap);
        File.WriteAllText(files.Record, HeatmapRecord.Of(heatmap).ToJsonString());
        File.WriteAllText(Path.Combine(TestFiles.TruthFolder(part), "s.json"), """{"level": 3, "level0_mpp": 1}""");
        using var mask = new Image(40, 32, channels: 1);
        mask.WritablePixels.Clear();
        for (var y = 0; y < rows * 8; y++)
            mask.WritablePixels.Slice(y * 40, columns * 8).Fill(255);
        ImageFile.Write(Path.Combine(TestFiles.TruthFolder(part), "s.png"), mask);
    }
}
