namespace Coverslip.Files;

/// <summary>A table with a row to each of many things: a later call adds rows or replaces them, and drops none.</summary>
public static class MergedTable
{
    /// <summary>
    /// Writes rows over those of the same key in the file, whose order stays; what is new comes after them. Without a row to
    /// write, a file is neither made nor changed.
    /// </summary>
    /// <param name="path">The CSV file.</param>
    /// <param name="columns">Its header; columns of a file of before that are not among them are dropped.</param>
    /// <param name="rows">The rows of this call.</param>
    /// <param name="key">What a row is of.</param>
    /// <param name="replaces">Whether a row (second) takes the place of the one before (first); null (default): always.</param>
    public static void Write(
        string path,
        IReadOnlyList<string> columns,
        IEnumerable<string[]> rows,
        Func<string[], string> key,
        Func<string[], string[], bool>? replaces = null
    )
    {
        var all = Before(path, columns);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (place, row) in all.Index())
            places[key(row)] = place;
        var any = false;
        foreach (var row in rows)
        {
            any = true;
            if (!places.TryGetValue(key(row), out var place))
            {
                places[key(row)] = all.Count;
                all.Add(row);
            }
            else if (replaces?.Invoke(all[place], row) != false)
            {
                all[place] = row;
            }
        }
        if (any)
            CsvTable.Write(path, columns, all);
    }

    private static List<string[]> Before(string path, IReadOnlyList<string> columns)
    {
        if (!File.Exists(path))
            return [];
        var table = CsvTable.Read(path);
        int[] places = [.. columns.Select(table.IndexOf)];
        return [.. table.Rows.Select(r => places.Select(p => p < 0 ? "" : r.Fields[p]).ToArray())];
    }
}
