namespace Coverslip.Files;

/// <summary>The known name that a mistyped one most likely means.</summary>
public static class NearestName
{
    private const int ShortestBeginning = 3;

    /// <summary>
    /// A name that begins with the wanted one, or of all the one of the smallest edit distance; null where there are none.
    /// </summary>
    public static string? Of(string wanted, IEnumerable<string> known)
    {
        string[] all = [.. known];
        string[] longer =
        [
            .. all.Where(name =>
                wanted.Length >= ShortestBeginning && name.StartsWith(wanted, StringComparison.OrdinalIgnoreCase)
            ),
        ];
        return (longer.Length > 0 ? longer : all).MinBy(name => Distance(wanted, name));
    }

    /// <summary>
    /// What there is instead of a name that is not known: <c>the nearest is 'a' of a, b</c>, or <c>there are a, b</c> where
    /// none is like it: less than half of its letters would stay.
    /// </summary>
    public static string Among(string wanted, IReadOnlyCollection<string> known) =>
        (Of(wanted, known) is { } near && IsNear(wanted, near) ? $"the nearest is '{near}' of " : "there are ")
        + string.Join(", ", known);

    private static bool IsNear(string wanted, string known) =>
        Distance(wanted, known) <= wanted.Length / 2
        || known.StartsWith(wanted, StringComparison.OrdinalIgnoreCase) && wanted.Length >= ShortestBeginning;

    /// <summary>Insertions, deletions and substitutions that turn one word into the other (Levenshtein 1966).</summary>
    public static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
