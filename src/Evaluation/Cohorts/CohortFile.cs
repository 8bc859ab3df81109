using Coverslip.Files;

namespace Coverslip.Evaluation.Cohorts;

/// <summary>Reads, checks and writes cohort CSV files.</summary>
public static class CohortFile
{
    /// <summary>Between the findings of an image in the column <c>labels</c>.</summary>
    public const char Separator = ';';

    private static readonly string[] Required = ["image", "label", "patient"];
    private static readonly string[] RequiredOfFindings = ["image", "labels", "patient"];
    private static readonly string[] Optional = ["mask", "group"];

    /// <summary>Findings as one text: in ordinal order, separated by <c>;</c>.</summary>
    public static string Join(IEnumerable<string> findings) =>
        string.Join(Separator, findings.Order(StringComparer.Ordinal));

    /// <summary>The findings of such a text, in its order.</summary>
    public static string[] Split(string labels) =>
        labels.Split(Separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Reads a cohort with every problem it has; the cohort is null if one of them is an error.</summary>
    public static (Cohort? Cohort, IReadOnlyList<CohortProblem> Problems) Read(string path, CohortChecks checks)
    {
        var table = CsvTable.Read(path);
        var multi = table.IndexOf("labels") >= 0;
        var required = multi ? RequiredOfFindings : Required;
        var problems = required
            .Where(column => table.IndexOf(column) < 0)
            .Select(column =>
                Error(
                    $"no column '{column}'; the header has: {string.Join(", ", table.Columns)}{CsvTable.SeparatorHint(table.Columns)}",
                    1
                )
            )
            .ToList();
        string[] known = [.. required, .. Optional];
        problems.AddRange(
            table
                .Columns.Where(c => known.Contains(c, StringComparer.OrdinalIgnoreCase))
                .GroupBy(c => c, StringComparer.OrdinalIgnoreCase)
                .Where(g => g.Count() > 1)
                .Select(g =>
                    Error($"the columns {string.Join(" and ", g)} are one but for case; rename one of them", 1)
                )
        );
        if (multi && table.IndexOf("label") >= 0)
            problems.Add(Error("both 'label' and 'labels'; one class to an image or several findings, not both", 1));
        if (table.Rows.Count == 0)
            problems.Add(new(true, "no images: the file has a header and no rows", []));
        if (problems.Count > 0)
            return (null, problems);

        var further = table.Columns.Where(c => !known.Contains(c, StringComparer.OrdinalIgnoreCase)).ToList();
        var columns = new CohortColumns(table, further);
        var rows = table.Rows.Select(columns.ToRow).ToList();
        var contents = new FileContents();
        foreach (var row in rows)
        {
            if (row.Image.Length == 0)
                problems.Add(Error("the image is empty", row.Number));
            if (row.Label.Length == 0 && row.Findings is null)
                problems.Add(Error($"the label of {row.Image} is empty", row.Number));
            if (row.Patient.Length == 0)
                problems.Add(Error($"the patient of {row.Image} is empty", row.Number));
            if (
                row.Findings is { } findings
                && findings.GroupBy(f => f).FirstOrDefault(g => g.Count() > 1) is { } twice
            )
                problems.Add(Error($"the label '{twice.Key}' of {row.Image} stands twice", row.Number));
        }
        if (problems.Count > 0)
            return (null, problems);

        var cohort = new Cohort(path, rows, further, contents);
        problems.AddRange(SamePath(cohort));
        problems.AddRange(SharedSlides(cohort));
        if (checks != CohortChecks.Names)
            problems.AddRange(LookAlikes.Of(rows));
        if (checks == CohortChecks.Files)
        {
            var missing = MissingFiles(cohort).ToList();
            problems.AddRange(missing);
            if (missing.Count == 0)
                problems.AddRange(SameContent(cohort, contents));
        }
        if (cohort.MultiLabel && cohort.Classes.Count == 0)
            problems.Add(new(false, "no image has a label, so that there is nothing to find", []));
        if (!cohort.MultiLabel && cohort.Classes.Count == 1)
            problems.Add(new(false, $"only one class, '{cohort.Classes[0]}'", []));
        if (problems.Any(p => p.IsError))
            return (null, problems);
        cohort.Warnings = problems;
        return (cohort, problems);
    }

    /// <summary>
    /// Writes a cohort file, whole or not at all. Columns <c>mask</c> and <c>group</c> are written where any row has
    /// one.
    /// </summary>
    public static void Write(string path, IReadOnlyList<CohortRow> rows, IReadOnlyList<string> furtherColumns)
    {
        var masks = rows.Any(r => r.Mask is not null);
        var groups = rows.Any(r => r.Group is not null);
        var multi = rows.Any(r => r.Findings is not null);
        List<string> columns = [.. multi ? RequiredOfFindings : Required];
        if (masks)
            columns.Add("mask");
        if (groups)
            columns.Add("group");
        columns.AddRange(furtherColumns);
        CsvTable.Write(
            path,
            columns,
            rows.Select(row =>
            {
                List<string> fields = [row.Image, row.Label, row.Patient];
                if (masks)
                    fields.Add(row.Mask ?? "");
                if (groups)
                    fields.Add(row.Group ?? "");
                fields.AddRange(row.Further);
                return fields;
            })
        );
    }

    private static CohortProblem Error(string message, params int[] rows) => new(true, message, rows);

    private static IEnumerable<CohortProblem> SamePath(Cohort cohort)
    {
        var seen = new HashSet<string>(cohort.Rows.Count, StringComparer.Ordinal);
        var twice = cohort
            .Rows.Select(cohort.ImagePlace)
            .Where(place => !seen.Add(place))
            .ToHashSet(StringComparer.Ordinal);
        return twice.Count == 0
            ? []
            : cohort
                .Rows.Where(row => twice.Contains(cohort.ImagePlace(row)))
                .GroupBy(cohort.ImagePlace)
                .Select(g => Error($"the same image, {g.First().Image}", [.. g.Select(r => r.Number)]));
    }

    /// <summary>A slide is one patient's: its patches would else stand on both sides of a split.</summary>
    private static IEnumerable<CohortProblem> SharedSlides(Cohort cohort)
    {
        var slides = cohort
            .Rows.Where(r => SlidePlace.Of(r.Image) is not null)
            .Select(cohort.FilePath)
            .ToHashSet(StringComparer.Ordinal);
        return slides.Count == 0
            ? []
            : cohort
                .Rows.GroupBy(cohort.FilePath)
                .Where(g => slides.Contains(g.Key) && g.DistinctBy(r => r.Patient).Count() > 1)
                .Select(g =>
                    Error(
                        $"patches of {g.Key} under different patients: {string.Join(", ", g.Select(r => r.Patient).Distinct())}",
                        [.. g.Select(r => r.Number)]
                    )
                );
    }

    private static IEnumerable<CohortProblem> MissingFiles(Cohort cohort)
    {
        foreach (var row in cohort.Rows)
        {
            if (!File.Exists(cohort.FilePath(row)))
                yield return Error($"no image {row.Image} (looked for {cohort.FilePath(row)})", row.Number);
            if (cohort.MaskPath(row) is { } mask && !File.Exists(mask))
                yield return Error($"no mask {row.Mask} (looked for {mask})", row.Number);
        }
    }

    private static IEnumerable<CohortProblem> SameContent(Cohort cohort, FileContents contents)
    {
        // Only files of equal length can be equal; most are not read for this. Places on one slide are other pictures.
        var suspects = cohort
            .Rows.DistinctBy(cohort.ImagePath)
            .GroupBy(row => new FileInfo(cohort.FilePath(row)).Length)
            .Where(IsCopied)
            .SelectMany(g => g)
            .ToList();
        contents.Compute(suspects.Select(cohort.FilePath).Distinct());
        foreach (var equal in suspects.GroupBy(row => contents.Of(cohort.FilePath(row))).Where(IsCopied))
        {
            int[] rows = [.. equal.Select(r => r.Number).Order()];
            var patients = equal.Select(r => r.Patient).Distinct().ToList();
            // Patches of a slide have labels of their own.
            var whole = equal.Where(r => SlidePlace.Of(r.Image) is null);
            var labels = whole.Select(r => r.Label).Distinct().ToList();
            if (patients.Count > 1)
                yield return Error($"the same picture under different patients: {string.Join(", ", patients)}", rows);
            if (labels.Count > 1)
                yield return Error($"the same picture under different labels: {string.Join(", ", labels)}", rows);
            if (patients.Count == 1 && labels.Count <= 1)
                yield return new(false, $"the same picture several times, patient {patients[0]}", rows);
        }

        bool IsCopied(IEnumerable<CohortRow> rows) => rows.Select(cohort.FilePath).Distinct().Count() > 1;
    }
}
