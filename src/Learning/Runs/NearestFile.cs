using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;

namespace Coverslip.Learning.Runs;

/// <summary>
/// <c>nearest.csv</c> of a part: to those of its most wrong test images that a report shows, the training images that are
/// nearest to the model. It names patients, and stays with the run's folder.
/// </summary>
public static class NearestFile
{
    /// <summary>The most wrong images that are shown.</summary>
    internal const int MostWrong = 12;

    /// <summary>Training images beside each.</summary>
    internal const int Shown = 3;

    private const string FileName = "nearest.csv";

    private static readonly string[] Columns = ["image", "training_image", "patient", "label", "distance"];

    /// <summary>Writes the nearest training images of a part's most wrong test images.</summary>
    internal static void Write(
        string folder,
        Predictions tested,
        IReadOnlyList<(CohortRow Row, float[] Features)> described,
        TrainingCases cases
    )
    {
        var features = described.ToDictionary(d => d.Row.Image, d => d.Features, StringComparer.Ordinal);
        CsvTable.Write(
            Path.Combine(folder, FileName),
            Columns,
            from row in tested.MostWrong.Take(MostWrong)
            from near in cases.Nearest(features[row.Image], Shown)
            select (string[])
                [row.Image, near.Case.Image, near.Case.Patient, near.Case.Label, CsvTable.Text(near.Distance)]
        );
    }

    /// <summary>By image, the nearest first; empty where the part's method gives no features, or an earlier version trained it.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static ILookup<string, NearCase> Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return Array.Empty<NearCase>().ToLookup(_ => "");
        var table = CsvTable.Read(path);
        int[] at = [.. Columns.Select(table.Require)];
        return table.Rows.ToLookup(
            row => row.Fields[at[0]],
            row => new NearCase(
                new TrainingCase(row.Fields[at[1]], row.Fields[at[2]], row.Fields[at[3]]),
                table.Number(row, at[4]) ?? throw table.Empty(row, at[4])
            ),
            StringComparer.Ordinal
        );
    }
}
