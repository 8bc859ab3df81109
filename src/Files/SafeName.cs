namespace Coverslip.Files;

/// <summary>Names of files and folders made of what stands in a file: a patient, a class, a column's value.</summary>
public static class SafeName
{
    private const int Longest = 100; // characters: of a file system's 255 bytes, the rest is for endings
    private const string Refused = "/\\:*?\"<>|";

    /// <summary>
    /// The value as the name of one file or folder: separators, control characters and what other systems refuse become
    /// <c>_</c>, so do points and blanks in front and at the end; it is never empty and has 100 characters at most.
    /// </summary>
    public static string Of(string value)
    {
        var name = string.Concat(PlainText.Of(value).Select(c => c is '\n' or '\t' || Refused.Contains(c) ? '_' : c));
        if (name.Length > Longest)
            name = name[..(char.IsHighSurrogate(name[Longest - 1]) ? Longest - 1 : Longest)];
        var kept = name.Trim('.', ' ');
        var front = name.Length - name.TrimStart('.', ' ').Length;
        return kept.Length == 0
            ? new string('_', Math.Max(1, name.Length))
            : $"{new string('_', front)}{kept}{new string('_', name.Length - front - kept.Length)}";
    }

    /// <summary>The names of several values.</summary>
    /// <param name="values">Distinct.</param>
    /// <param name="what">What they are: "values of column site".</param>
    /// <exception cref="ArgumentException">Two would have one name, but for case.</exception>
    public static IReadOnlyDictionary<string, string> Distinct(IEnumerable<string> values, string what)
    {
        var names = values.ToDictionary(value => value, Of, StringComparer.Ordinal);
        foreach (var same in names.GroupBy(n => n.Value, StringComparer.OrdinalIgnoreCase))
            if (same.Count() > 1)
                throw new ArgumentException(
                    $"{what}: {string.Join(" and ", same.Take(2).Select(n => $"'{n.Key}'"))} would both be stored as '{same.Key}'; rename one of them"
                );
        return names;
    }

    /// <summary>
    /// A path within a folder, of a name that may hold folders: steps upwards, a root and what <see cref="Of"/> replaces
    /// cannot lead out of it.
    /// </summary>
    public static string Within(string name) =>
        string.Join('/', name.Split('/', '\\').Where(step => step is not ("" or "." or "..")).Select(Of));
}
