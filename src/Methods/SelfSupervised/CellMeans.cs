using Coverslip.Slides.Heatmaps;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>
/// Takes rows of pixels in their order and sets the cells of a map to the means of their pixels; pixels without a value do not
/// count, and a cell without any has none.
/// </summary>
/// <param name="map">Its grid's stride is the side of a cell in pixels.</param>
/// <param name="reconstruction">[cells · 3]; empty where none is wanted.</param>
/// <param name="width">Pixels of the picture; rows may be longer.</param>
/// <param name="height">Rows of the picture; those beyond are left out.</param>
internal sealed class CellMeans(Heatmap map, float[] reconstruction, int width, int height)
{
    private readonly double[] sums = new double[map.Grid.Columns];
    private readonly double[] colors = new double[reconstruction.Length > 0 ? map.Grid.Columns * 3 : 0];
    private readonly int[] counts = new int[map.Grid.Columns];
    private readonly int[] pixels = new int[map.Grid.Columns];

    /// <summary>Adds finished rows.</summary>
    /// <param name="rows">The next ones; the first of all begins a row of cells.</param>
    /// <param name="stride">Pixels from one of their rows to the next.</param>
    internal void Add(BlendedRows rows, int stride)
    {
        var cell = map.Grid.Stride;
        for (var i = 0; i < rows.Count && rows.Top + i < height; i++)
        {
            AddRow(rows, i * stride);
            var y = rows.Top + i;
            if ((y + 1) % cell == 0 || y + 1 == height)
                Finish(y / cell);
        }
    }

    private void AddRow(BlendedRows rows, int from)
    {
        var (probability, seen) = (rows.Probability, rows.Reconstruction);
        for (var x = 0; x < width; x++)
        {
            var column = x / map.Grid.Stride;
            var value = probability.Span[from + x];
            if (!float.IsNaN(value))
            {
                sums[column] += value;
                counts[column]++;
            }
            pixels[column]++;
            for (var c = 0; c < 3 && colors.Length > 0; c++)
                colors[(column * 3) + c] += seen.Span[((from + x) * 3) + c];
        }
    }

    private void Finish(int row)
    {
        for (var column = 0; column < sums.Length; column++)
        {
            map[column, row] = counts[column] > 0 ? (float)(sums[column] / counts[column]) : float.NaN;
            for (var c = 0; c < 3 && colors.Length > 0; c++)
                reconstruction[(((row * sums.Length) + column) * 3) + c] = (float)(
                    colors[(column * 3) + c] / pixels[column]
                );
        }
        Array.Clear(sums);
        Array.Clear(colors);
        Array.Clear(counts);
        Array.Clear(pixels);
    }
}
