using System.Text.RegularExpressions;

namespace Coverslip.Evaluation.Cohorts;

/// <summary>
/// Names that are likely to be one person or one class in two spellings, and names behind which several people may hide: a
/// split divides patients by name, and would put them on both sides.
/// </summary>
public static partial class LookAlikes
{
    private static readonly HashSet<string> Nobody = new(StringComparer.Ordinal)
    {
        "NA",
        "N/A",
        "#N/A",
        "<NA>",
        "NAN",
        "NONE",
        "NULL",
        "NIL",
        "UNKNOWN",
        "UNDEFINED",
        "MISSING",
        "ANONYMOUS",
        "ANON",
        "TBD",
        "-",
        "--",
        "?",
        ".",
    };

    /// <summary>Everything that is suspicious about the patients and labels of a cohort's rows.</summary>
    public static IEnumerable<CohortProblem> Of(IReadOnlyList<CohortRow> rows)
    {
        var patients = rows.Select(r => r.Patient).Distinct().ToList();
        var labels = rows.Where(r => r.Findings is null).Select(r => r.Label).Distinct().ToList();
        var findings = rows.SelectMany(r => r.Findings ?? []).Distinct();
        foreach (var row in Rows(rows, r => r.Patient, patients.Where(IsNobody)))
            yield return new(
                true,
                $"the patient is '{row.Key}', behind which several people may hide, who would then train and test together; "
                    + "fill in who it is, or leave the rows out",
                Numbers(row)
            );
        foreach (var row in Rows(rows, r => r.Patient, patients.Where(p => Rounded().IsMatch(p))))
            yield return new(
                true,
                $"the patient is '{row.Key}', a long number as a spreadsheet shortens it, so that several people become one; "
                    + "export the column as text",
                Numbers(row)
            );
        foreach (var alike in Alike(rows, r => [r.Patient], patients, n => NameForms.Patient(n)))
            yield return new(
                true,
                $"the patients {Quoted(alike.Names)} differ in {NameForms.Differences(alike.Names, NameForms.Patient)}; write one spelling for "
                    + "one person, and for several people names that differ in more, such as a hospital before the number",
                alike.Rows
            );
        foreach (
            var alike in Alike(rows, r => r.Findings ?? [r.Label], labels.Union(findings), n => NameForms.Label(n))
        )
            yield return new(
                true,
                $"the labels {Quoted(alike.Names)} differ in {NameForms.Differences(alike.Names, NameForms.Label)}; write one spelling for one class",
                alike.Rows
            );
        foreach (var row in Rows(rows, r => r.Findings is null ? r.Label : "", labels.Where(IsNobody)))
            yield return new(
                false,
                $"the label '{row.Key}' is a class like any other; if it means that nobody has told, leave the rows out",
                Numbers(row)
            );
    }

    /// <summary>Whether a name says that nobody knows whose it is.</summary>
    public static bool IsNobody(string name) => Nobody.Contains(NameForms.Plain(name));

    private static IEnumerable<(string[] Names, int[] Rows)> Alike(
        IReadOnlyList<CohortRow> rows,
        Func<CohortRow, IEnumerable<string>> namesOf,
        IEnumerable<string> names,
        Func<string, string> form
    )
    {
        var alikes = names.GroupBy(form).Where(alike => alike.Count() > 1).ToList();
        var few = alikes.SelectMany(alike => alike).ToHashSet(StringComparer.Ordinal);
        var numbers = (few.Count == 0 ? [] : rows)
            .SelectMany(namesOf, (row, name) => (row.Number, Name: name))
            .Where(p => few.Contains(p.Name))
            .ToLookup(p => p.Name, p => p.Number);
        return alikes.Select(alike => (alike.ToArray(), alike.SelectMany(name => numbers[name]).Order().ToArray()));
    }

    /// <summary>The rows of each of a few names, which are looked for among all rows only where there are any.</summary>
    private static IEnumerable<IGrouping<string, CohortRow>> Rows(
        IReadOnlyList<CohortRow> rows,
        Func<CohortRow, string> nameOf,
        IEnumerable<string> names
    )
    {
        var few = names.ToHashSet(StringComparer.Ordinal);
        return few.Count == 0 ? [] : rows.Where(r => few.Contains(nameOf(r))).GroupBy(nameOf);
    }

    private static int[] Numbers(IEnumerable<CohortRow> rows) => [.. rows.Select(r => r.Number)];

    private static string Quoted(string[] names) => string.Join(", ", names.Select(n => $"'{n}'"));

    [GeneratedRegex(@"^\d[.,]\d+E\+\d\d$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Rounded();
}
