using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Statistics;

namespace Coverslip.Learning.SlideWalk;

/// <summary>
/// How rough heatmaps are inside tumor: the length of the step (to the right neighbor, to the lower one) of a cell's
/// probability, on average over the cells whose middle, and that of both neighbors, lies in annotated tumor. In probability per
/// cell, so that models are compared at one stride; a heatmap of one value has 0, however wrong.
/// </summary>
internal static class HeatmapRoughness
{
    private const int Draws = 2000;

    /// <summary>The sum over a slide's cells and how many they are; none of a slide without tumor of two by two cells.</summary>
    /// <param name="part">The folder of a part that tested the slide.</param>
    /// <param name="row">The slide's.</param>
    public static (double Sum, int Cells) Of(string part, CohortRow row)
    {
        using var cells = TumorCells.Of(part, row);
        if (cells is null)
            return (0, 0);
        var (heatmap, grid) = (cells.Heatmap, cells.Heatmap.Grid);
        var (sum, count) = (0.0, 0);
        for (var y = 0; y + 1 < grid.Rows; y++)
        for (var x = 0; x + 1 < grid.Columns; x++)
        {
            if (!cells[x, y] || !cells[x + 1, y] || !cells[x, y + 1])
                continue;
            sum += double.Hypot(heatmap[x + 1, y] - heatmap[x, y], heatmap[x, y + 1] - heatmap[x, y]);
            count++;
        }
        return (sum, count);
    }

    /// <summary>Over all cells of several slides, with its interval by drawing patients.</summary>
    internal static Estimate Of(IEnumerable<(string Patient, (double Sum, int Cells) Of)> slides)
    {
        var patients = slides
            .Where(s => s.Of.Cells > 0)
            .GroupBy(s => s.Patient)
            .Select(g => (Sum: g.Sum(s => s.Of.Sum), Cells: g.Sum(s => s.Of.Cells)))
            .ToArray();
        if (patients.Length == 0)
            return Estimate.Undefined("no tumor holds two by two cells");
        var value = patients.Sum(p => p.Sum) / patients.Sum(p => p.Cells);
        if (patients.Length == 1)
            return new Estimate(value, null, null, "one patient gives no interval");
        return PatientBootstrap
            .Run(patients.Length, Draws, 1, drawn => [Mean(patients, drawn)])
            .Estimate(0, value, null);
    }

    private static double Mean((double Sum, int Cells)[] patients, int[] drawn)
    {
        var (sum, cells) = (0.0, 0L);
        foreach (var (times, of) in drawn.Zip(patients))
            (sum, cells) = (sum + (times * of.Sum), cells + ((long)times * of.Cells));
        return sum / cells;
    }
}
