namespace Coverslip.Evaluation.Cohorts;

/// <summary>Something wrong with a cohort, or something its owner should know.</summary>
/// <param name="IsError">An error stops every command; a warning is printed.</param>
/// <param name="Message">What, with its value.</param>
/// <param name="Rows">The rows of the CSV file it concerns; empty where it concerns the whole file.</param>
public sealed record CohortProblem(bool IsError, string Message, IReadOnlyList<int> Rows)
{
    public override string ToString() =>
        Rows.Count switch
        {
            0 => Message,
            1 => $"row {Rows[0]}: {Message}",
            <= 12 => $"rows {string.Join(", ", Rows)}: {Message}",
            _ => $"rows {string.Join(", ", Rows.Take(12))} and {Rows.Count - 12} more: {Message}",
        };
}

/// <summary>A cohort that cannot be used. The message names the first problem and says how to see all.</summary>
public sealed class CohortException(string path, IReadOnlyList<CohortProblem> problems)
    : Exception(Describe(path, problems))
{
    /// <summary>Every problem found, errors and warnings.</summary>
    public IReadOnlyList<CohortProblem> Problems { get; } = problems;

    private static string Describe(string path, IReadOnlyList<CohortProblem> problems)
    {
        var errors = problems.Where(p => p.IsError).ToList();
        var more = errors.Count > 1 ? $" (and {errors.Count - 1} more; 'coverslip cohort check {path}' lists all)" : "";
        return $"{path}: {errors[0]}{more}";
    }
}

/// <summary>How much of a cohort is looked at when it is loaded.</summary>
public enum CohortChecks
{
    /// <summary>Of the table only its columns: a list of images of which neither patients nor labels are known.</summary>
    Names,

    /// <summary>The table alone; the images need not be on this machine.</summary>
    Table,

    /// <summary>
    /// Also that every image and mask exists and that no content stands under two patients or labels.
    /// </summary>
    Files,
}
