using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;

namespace Coverslip.Learning.Models;

/// <summary>
/// <c>mislabeled.csv</c> of a run: what training was told of some images on purpose, in place of their labels, so that the
/// price of wrong labels can be measured.
/// </summary>
public static class TaughtLabels
{
    /// <summary>In the folder of a run.</summary>
    public const string FileName = "mislabeled.csv";

    private static readonly string[] Columns = ["image", "patient", "label", "taught"];

    /// <summary>Writes the file; none where nothing is mislabeled.</summary>
    public static void Write(string folder, IReadOnlyList<(CohortRow Row, string Taught)> mislabeled)
    {
        if (mislabeled.Count > 0)
            CsvTable.Write(
                Path.Combine(folder, FileName),
                Columns,
                mislabeled.Select(m => (string[])[m.Row.Image, m.Row.Patient, m.Row.Label, m.Taught])
            );
    }

    /// <summary>What was taught, by image; empty where every label was.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static IReadOnlyDictionary<string, string> Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return new Dictionary<string, string>();
        var table = CsvTable.Read(path);
        int[] at = [.. Columns.Select(table.Require)];
        return table.Rows.ToDictionary(r => r.Fields[at[0]], r => r.Fields[at[3]], StringComparer.Ordinal);
    }
}
