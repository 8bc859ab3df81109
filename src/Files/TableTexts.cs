using System.Text;

namespace Coverslip.Files;

/// <summary>
/// Texts of a table of which few differ, such as patients and labels, each held once: a table of a million rows is smaller
/// then, and reads faster. A column with too many of them is read as it stands.
/// </summary>
internal sealed class TableTexts
{
    private const int Most = 4096;
    private readonly List<HashSet<string>?> columns = [];
    private char[] decoded = new char[256];

    /// <summary>A field's letters, until the next is asked for; what is not UTF-8 becomes U+FFFD.</summary>
    public ReadOnlySpan<char> Letters(ReadOnlySpan<byte> field)
    {
        if (decoded.Length < field.Length)
            decoded = new char[2 * field.Length];
        return decoded.AsSpan(0, Encoding.UTF8.GetChars(field, decoded));
    }

    /// <summary>A text of a column.</summary>
    public string Of(int column, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return "";
        while (columns.Count <= column)
            columns.Add(new HashSet<string>(StringComparer.Ordinal));
        if (columns[column] is not { } known)
            return text.ToString();
        if (known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var same))
            return same;
        var added = text.ToString();
        if (known.Count < Most)
            known.Add(added);
        else
            columns[column] = null;
        return added;
    }
}
