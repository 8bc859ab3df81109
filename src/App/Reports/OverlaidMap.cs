using Coverslip.Slides.Heatmaps;

namespace Coverslip.App.Reports;

/// <summary>A heatmap as a picture of a pixel to a cell, to be laid over a slide.</summary>
internal static class OverlaidMap
{
    /// <summary>No screen shows more cells; a block of several is shown by its greatest.</summary>
    private const int MostSide = 450;

    /// <summary>Nobody tells more colors apart, and fewer take fewer bytes.</summary>
    private const int Levels = 64;

    private static readonly (byte, byte, byte)[] Colors =
    [
        .. Enumerable.Range(0, Levels).Select(i => HeatmapColors.Of(i / (Levels - 1f))),
    ];

    /// <summary>The PNG, and how many cells a pixel of it stands for.</summary>
    internal static (byte[] Png, int Columns, int Rows, int Block) Of(Heatmap map)
    {
        var grid = map.Grid;
        var block = (Math.Max(grid.Columns, grid.Rows) + MostSide - 1) / MostSide;
        var (columns, rows) = ((grid.Columns + block - 1) / block, (grid.Rows + block - 1) / block);
        var indices = new byte[columns * rows];
        for (var i = 0; i < map.Values.Length; i++)
        {
            var value = map.Values[i];
            if (float.IsNaN(value) || value < 0)
                continue;
            var to = (i / grid.Columns / block * columns) + (i % grid.Columns / block);
            indices[to] = Math.Max(indices[to], (byte)(1 + MathF.Round(Math.Min(value, 1) * (Levels - 1))));
        }
        return (IndexedPng.Encode(columns, indices, Colors), columns, rows, block);
    }
}
