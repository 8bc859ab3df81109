using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.App.Commands;

/// <summary>Tables of predicted slides and masks that say in a column what the model was trained on.</summary>
internal static class SeenTable
{
    /// <summary>Warns where figures over a table would be of what the model was trained on.</summary>
    /// <param name="path">The table; nothing is told where there is none, or it has no such column.</param>
    internal static void Warn(string path)
    {
        if (!File.Exists(path))
            return;
        var table = CsvTable.Read(path);
        if (table.IndexOf(SlideSummary.SeenColumn) is not (>= 0 and var column))
            return;
        var seen = table.Rows.Count(r => r.Fields[column] is SeenImage.ByImage or SeenImage.ByPatient);
        if (seen > 0)
            Console.Error.WriteLine(
                $"warning: {path}: the model was trained on {seen} of {table.Rows.Count} of these files or their patients (column "
                    + $"{SlideSummary.SeenColumn}): the figures are inflated; evaluate files of other patients, or a run whose parts held these out"
            );
    }
}
