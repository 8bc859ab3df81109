using System.Globalization;
using Coverslip.Files;
using Coverslip.Slides.Geometry;

namespace Coverslip.Methods.MultiStage;

/// <summary>The patches of a file.</summary>
/// <param name="First">The place of column 0 and row 0, in pixels of level 0.</param>
/// <param name="Patches">Columns and rows are counted from there.</param>
internal sealed record TabledPatches(Rectangle First, IReadOnlyList<PredictedPatch> Patches)
{
    /// <summary>Around all patches, with one more at each side as their maps have it.</summary>
    internal Rectangle Around =>
        new(
            First.X - First.Width,
            First.Y - First.Height,
            (Patches.Max(p => p.Patch.Column) + 3) * First.Width,
            (Patches.Max(p => p.Patch.Row) + 3) * First.Height
        );

    /// <summary>The middle of a patch, in pixels of level 0.</summary>
    internal (double X, double Y) Middle(GridPatch patch) =>
        (First.X + ((patch.Column + 0.5) * First.Width), First.Y + ((patch.Row + 0.5) * First.Height));
}

/// <summary>
/// <c>NAME-patches.csv</c>: a row to each patch that has a probability, its rectangle in pixels of level 0; of a slide whose
/// truth is known its label, too (normal, tumor, or nothing).
/// </summary>
internal static class PatchTable
{
    private static readonly string[] Places = ["x", "y", "width", "height", "probability"];

    internal static void Write(string path, SlideGrid grid, IReadOnlyList<PredictedPatch> patches, bool labels) =>
        CsvTable.Write(
            path,
            labels ? [.. Places, "label"] : Places,
            patches.Select(p =>
            {
                var place = grid.RectangleOf(p.Patch);
                string[] fields =
                [
                    .. ((double[])[place.X, place.Y, place.Width, place.Height]).Select(v => Text(Math.Round(v, 2))),
                    Text(p.Probability),
                ];
                return labels ? [.. fields, Word(p.Patch.Label)] : fields;
            })
        );

    /// <summary>Reads what <see cref="Write"/> wrote with labels.</summary>
    /// <exception cref="InvalidDataException">A damaged file.</exception>
    internal static TabledPatches Read(string path)
    {
        var table = CsvTable.Read(path);
        int[] columns = [.. Places.Append("label").Select(table.Require)];
        if (table.Rows.Count == 0)
            return new TabledPatches(default, []);
        double Number(TableRow row, int place) =>
            table.Number(row, columns[place]) ?? throw table.Empty(row, columns[place]);
        var (left, top) = (table.Rows.Min(r => Number(r, 0)), table.Rows.Min(r => Number(r, 1)));
        var first = new Rectangle(left, top, Number(table.Rows[0], 2), Number(table.Rows[0], 3));
        return new TabledPatches(
            first,
            [
                .. table.Rows.Select(row => new PredictedPatch(
                    new GridPatch(
                        (int)Math.Round((Number(row, 0) - left) / first.Width),
                        (int)Math.Round((Number(row, 1) - top) / first.Height),
                        row.Fields[columns[^1]] switch
                        {
                            "tumor" => GridPatch.Tumor,
                            "normal" => 0,
                            _ => GridPatch.NoLabel,
                        }
                    ),
                    Number(row, 4)
                )),
            ]
        );
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Word(int label) =>
        label switch
        {
            GridPatch.Tumor => "tumor",
            GridPatch.NoLabel => "",
            _ => "normal",
        };
}
