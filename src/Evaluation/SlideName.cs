namespace Coverslip.Evaluation;

/// <summary>
/// Slides as files of different tools name them: <c>Test_001</c>, <c>test_001.tif</c> and <c>Test_001.csv</c> are one.
/// </summary>
public static class SlideName
{
    private static readonly string[] Extensions =
    [
        ".tif",
        ".tiff",
        ".svs",
        ".ndpi",
        ".mrxs",
        ".png",
        ".jpg",
        ".jpeg",
        ".bmp",
        ".csv",
    ];

    /// <summary>Compares names regardless of case.</summary>
    internal static StringComparer Comparer => StringComparer.OrdinalIgnoreCase;

    /// <summary>The name without the extension of a slide, an image or a table, with forward slashes.</summary>
    internal static string Of(string text)
    {
        var name = text.Trim().Replace('\\', '/');
        var extension = Array.Find(Extensions, e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));
        return extension is null || name.Length == extension.Length ? name : name[..^extension.Length];
    }

    /// <summary>Whether <paramref name="names"/> hold this one.</summary>
    public static bool Lists(this IEnumerable<string> names, string name) =>
        names.Any(n => Comparer.Equals(Of(n), name));

    /// <summary>Those of <paramref name="names"/> that no slide has: mistyped, or of another set.</summary>
    public static string[] Unknown(IEnumerable<string> names, IEnumerable<string> slides)
    {
        var known = slides.ToHashSet(Comparer);
        return [.. names.Where(n => !known.Contains(Of(n)))];
    }

    /// <summary>The first five names, and how many more there are.</summary>
    public static string Some(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(5)) + (names.Count > 5 ? $" and {names.Count - 5} more" : "");
}
