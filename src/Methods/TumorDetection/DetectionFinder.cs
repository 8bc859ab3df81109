using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.TumorDetection;

/// <summary>Detections of a heatmap, the most probable first; of equal ones the upper, then the left one.</summary>
public static class DetectionFinder
{
    /// <summary>Repeated maxima (Liu et al. 2017, sec. 3), or connected components.</summary>
    /// <exception cref="ArgumentException">An option out of its range.</exception>
    public static IReadOnlyList<Detection> Find(Heatmap heatmap, DetectionOptions options)
    {
        options.Check();
        return options.Components ? InComponents(heatmap, options.Threshold) : RepeatedMaxima(heatmap, options);
    }

    /// <summary>
    /// As long as a cell is above the threshold: the greatest one is reported, and cells within the radius are set to
    /// zero. Setting cells to zero does not change the order of the others, so that one pass in that order is enough.
    /// </summary>
    private static List<Detection> RepeatedMaxima(Heatmap heatmap, DetectionOptions options)
    {
        var grid = heatmap.Grid;
        var zeroed = new bool[grid.Cells];
        var found = new List<Detection>();
        var reach = (
            X: (int)Math.Min(grid.Columns, options.RadiusMicrons / grid.CellMicrons.X),
            Y: (int)Math.Min(grid.Rows, options.RadiusMicrons / grid.CellMicrons.Y)
        );
        foreach (var cell in Above(heatmap, options.Threshold))
        {
            if (zeroed[cell])
                continue;
            var (column, row) = (cell % grid.Columns, cell / grid.Columns);
            found.Add(At(heatmap, cell, null));
            for (var y = Math.Max(0, row - reach.Y); y <= Math.Min(grid.Rows - 1, row + reach.Y); y++)
            {
                for (var x = Math.Max(0, column - reach.X); x <= Math.Min(grid.Columns - 1, column + reach.X); x++)
                    zeroed[(y * grid.Columns) + x] |= grid.Microns(x - column, y - row) <= options.RadiusMicrons;
            }
        }
        return found;
    }

    /// <summary>The greatest cell of each component of cells that touch, corners included.</summary>
    private static List<Detection> InComponents(Heatmap heatmap, double threshold)
    {
        var grid = heatmap.Grid;
        using var mask = new Image(grid.Columns, grid.Rows, channels: 1);
        var above = mask.WritablePixels;
        for (var i = 0; i < above.Length; i++)
            above[i] = heatmap.Values[i] > threshold ? byte.MaxValue : (byte)0;
        var components = Components.Find(mask);
        var areas = components.Areas();
        var cellArea = grid.CellMicrons.X * grid.CellMicrons.Y;
        var met = new bool[components.Count + 1];
        var found = new List<Detection>();
        foreach (var cell in Above(heatmap, threshold))
        {
            var component = components.Labels[cell];
            if (!met[component])
                found.Add(At(heatmap, cell, areas[component] * cellArea));
            met[component] = true;
        }
        return found;
    }

    private static IOrderedEnumerable<int> Above(Heatmap heatmap, double threshold)
    {
        var values = heatmap.Values.ToArray();
        return Enumerable
            .Range(0, values.Length)
            .Where(i => values[i] > threshold)
            .OrderByDescending(i => values[i])
            .ThenBy(i => i);
    }

    private static Detection At(Heatmap heatmap, int cell, double? area)
    {
        var grid = heatmap.Grid;
        var (x, y) = grid.Centre(cell % grid.Columns, cell / grid.Columns);
        return new Detection(heatmap.Values[cell], x, y, area);
    }
}
