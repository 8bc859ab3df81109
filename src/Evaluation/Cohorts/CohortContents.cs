using Coverslip.Files;

namespace Coverslip.Evaluation.Cohorts;

/// <summary>
/// A cohort as part of a <see cref="Fingerprint"/>. <see cref="Cohort.Hash"/> is of images, labels and patients alone;
/// here masks and whatever else columns say count, too, and of the files that columns name (annotations) the contents.
/// </summary>
public static class CohortContents
{
    /// <summary>Adds all that a cohort holds.</summary>
    /// <param name="to">What it is added to.</param>
    /// <param name="cohort">The cohort.</param>
    /// <param name="patients">Whose masks and further columns count; null: all patients'.</param>
    public static Fingerprint AddCohort(
        this Fingerprint to,
        Cohort cohort,
        IReadOnlyCollection<string>? patients = null
    )
    {
        to.Add("cohort", cohort.Hash).Add("classes", cohort.Classes);
        var counted = patients?.ToHashSet(StringComparer.Ordinal);
        foreach (var row in cohort.Rows.OrderBy(r => r.Image, StringComparer.Ordinal))
        {
            if (counted?.Contains(row.Patient) == false)
                continue;
            if (cohort.MaskPath(row) is { } mask)
                to.AddFile($"mask of {row.Image}", mask);
            foreach (var (i, column) in cohort.FurtherColumns.Index())
                AddColumn(to, $"{column} of {row.Image}", cohort, row.Further[i]);
        }
        return to;
    }

    /// <summary>A value that names a file stands for the file.</summary>
    private static void AddColumn(Fingerprint to, string name, Cohort cohort, string value)
    {
        var path = Path.Combine(cohort.Folder, value);
        if (value.Length > 0 && File.Exists(path))
            to.AddFile(name, path);
        else if (value.Length > 0)
            to.Add(name, value);
    }
}
