using Coverslip.Files;
using Coverslip.Slides.Tissue;

namespace Coverslip.Slides.Heatmaps;

/// <summary>
/// A probability per cell of a grid: NaN where there is no tissue, <see cref="Pending"/> where it is still to be
/// computed.
/// </summary>
public sealed class Heatmap
{
    public const float Pending = -1;
    private readonly float[] values;

    /// <param name="grid">Where the cells lie.</param>
    /// <param name="values">[Rows · Columns], row by row; kept.</param>
    /// <exception cref="ArgumentException">Another number of values.</exception>
    public Heatmap(HeatmapGrid grid, float[] values)
    {
        if (values.Length != grid.Cells)
            throw new ArgumentException($"{values.Length} values for {grid.Columns} × {grid.Rows} cells");
        (Grid, this.values) = (grid, values);
    }

    /// <summary>All cells of tissue pending, the others without value.</summary>
    public static Heatmap Begin(HeatmapGrid grid, SlideTissue tissue)
    {
        var values = new float[grid.Cells];
        for (var row = 0; row < grid.Rows; row++)
        {
            for (var column = 0; column < grid.Columns; column++)
            {
                var any = tissue.Any(grid.Cell(column, row));
                values[(row * grid.Columns) + column] = any ? Pending : float.NaN;
            }
        }
        return new Heatmap(grid, values);
    }

    public HeatmapGrid Grid { get; }

    /// <summary>[Rows · Columns] probabilities.</summary>
    public ReadOnlySpan<float> Values => values;

    public float this[int column, int row]
    {
        get => values[(row * Grid.Columns) + column];
        set => values[(row * Grid.Columns) + column] = value;
    }

    /// <summary>Cells that have a probability, or will have one.</summary>
    public int TissueCells => values.Count(v => !float.IsNaN(v));

    public int PendingCells => values.Count(v => v == Pending);

    /// <summary>The greatest probability, 0 where there is no tissue.</summary>
    public double Score => values.Where(v => !float.IsNaN(v)).Append(0).Max();

    /// <summary>Writes <c>[Rows, Columns]</c> of float32 as NumPy's <c>.npy</c>; NaN without tissue.</summary>
    public void Write(string path) =>
        WholeFile.Write(path, stream => NpyFile.Write(stream, values, Grid.Rows, Grid.Columns));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">No such array, or one of another size.</exception>
    public static Heatmap Read(string path, HeatmapGrid grid)
    {
        using var stream = File.OpenRead(path);
        return new Heatmap(grid, NpyFile.Read(stream, path, grid.Rows, grid.Columns));
    }
}
