namespace Coverslip.Learning.Reports;

/// <summary>Tables for the terminal.</summary>
public static class TextTable
{
    /// <summary>Lines with every column as wide as its widest cell, heads first.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = heads.Select((h, c) => Math.Max(h.Length, rows.Max(r => r[c].Length))).ToArray();
        return rows.Prepend(heads)
            .Select(row => string.Join("  ", row.Select((cell, c) => cell.PadRight(widths[c]))).TrimEnd());
    }
}
