using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.SlideWalk;

/// <summary>Detections of a heatmap, the most probable first; of equal ones the upper, then the left one.</summary>
internal static class DetectionFinder
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
            X: (int)Math.Min(grid.Columns, options.RadiusCells ?? (options.RadiusMicrons / grid.CellMicrons.X)),
            Y: (int)Math.Min(grid.Rows, options.RadiusCells ?? (options.RadiusMicrons / grid.CellMicrons.Y))
        );
        bool Within(int right, int down) =>
            options.RadiusCells is { } cells
                ? Math.Sqrt((right * right) + (down * down)) <= cells
                : grid.Microns(right, down) <= options.RadiusMicrons;
        foreach (var cell in Above(heatmap, options.Threshold))
        {
            if (zeroed[cell])
                continue;
            var (column, row) = (cell % grid.Columns, cell / grid.Columns);
            found.Add(At(heatmap, cell, null));
            for (var y = Math.Max(0, row - reach.Y); y <= Math.Min(grid.Rows - 1, row + reach.Y); y++)
            {
                for (var x = Math.Max(0, column - reach.X); x <= Math.Min(grid.Columns - 1, column + reach.X); x++)
                    zeroed[(y * grid.Columns) + x] |= Within(x - column, y - row);
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
        var sums = new double[components.Count + 1];
        for (var i = 0; i < above.Length; i++)
            sums[components.Labels[i]] += above[i] == 0 ? 0 : heatmap.Values[i];
        var outlines = Outlines(mask, components, grid);
        var cellArea = grid.CellMicrons.X * grid.CellMicrons.Y;
        var met = new bool[components.Count + 1];
        var found = new List<Detection>();
        foreach (var cell in Above(heatmap, threshold))
        {
            var component = components.Labels[cell];
            if (!met[component])
            {
                var (area, mean) = (areas[component] * cellArea, sums[component] / areas[component]);
                found.Add(At(heatmap, cell, new DetectedComponent(area, mean, outlines[component])));
            }
            met[component] = true;
        }
        return found;
    }

    /// <summary>[Count + 1] the polygons of each component.</summary>
    private static List<RingPolygon>[] Outlines(Image mask, ComponentMap components, HeatmapGrid grid)
    {
        var outlines = new List<RingPolygon>[components.Count + 1];
        for (var i = 0; i < outlines.Length; i++)
            outlines[i] = [];
        var cell = new Vertex(grid.CellWidth, grid.CellHeight);
        foreach (var polygon in MaskOutline.Trace(mask))
        {
            // The first corner in reading order is the top left one of a cell of the polygon.
            var corner = polygon.Outer.Points.MinBy(p => (p.Y, p.X));
            var component = components.Labels[((int)corner.Y * grid.Columns) + (int)corner.X];
            outlines[component].Add(polygon.Select(ring => ring.Placed(cell, default)));
        }
        return outlines;
    }

    /// <summary>Cells above the threshold, the greatest first, of equal ones the first; four bytes a cell.</summary>
    private static int[] Above(Heatmap heatmap, double threshold)
    {
        var count = 0;
        foreach (var value in heatmap.Values)
            count += value > threshold ? 1 : 0;
        var cells = new int[count];
        for (int i = 0, next = 0; next < count; i++)
        {
            if (heatmap.Values[i] > threshold)
                cells[next++] = i;
        }
        Array.Sort(
            cells,
            (a, b) =>
            {
                var order = heatmap.Values[b].CompareTo(heatmap.Values[a]);
                return order != 0 ? order : a.CompareTo(b);
            }
        );
        return cells;
    }

    private static Detection At(Heatmap heatmap, int cell, DetectedComponent? component)
    {
        var grid = heatmap.Grid;
        var (x, y) = grid.Place(cell % grid.Columns, cell / grid.Columns);
        return new Detection(heatmap.Values[cell], x, y, component);
    }
}
