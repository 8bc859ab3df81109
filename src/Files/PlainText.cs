namespace Coverslip.Files;

/// <summary>
/// Text from files and command lines on its way to a terminal or a table: a name may hold escape sequences that move the
/// cursor or retitle the window, or turn the direction of writing.
/// </summary>
public static class PlainText
{
    /// <summary>
    /// The text with control characters as their pictures (ESC as ␛), C1 controls and turns of direction as �; line breaks
    /// and tabs stay.
    /// </summary>
    public static string Of(string text) =>
        text.Any(IsControl) ? string.Concat(text.Select(c => IsControl(c) ? Picture(c) : c)) : text;

    private static bool IsControl(char c) =>
        (char.IsControl(c) && c is not ('\n' or '\t'))
        || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    private static char Picture(char c) =>
        c < ' ' ? (char)('\u2400' + c)
        : c == '\u007F' ? '\u2421'
        : '\uFFFD';
}
