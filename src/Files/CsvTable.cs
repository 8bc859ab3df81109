using System.Globalization;
using CsvHelper;

namespace Coverslip.Files;

/// <summary>
/// A row of a CSV file. <paramref name="Number"/> counts lines as an editor shows them: the header is row 1.
/// </summary>
public sealed record TableRow(int Number, string[] Fields);

/// <summary>
/// A comma-separated file with a header, read and written field by field (no reflection over classes).
/// </summary>
public sealed class CsvTable(string path, IReadOnlyList<string> columns, IReadOnlyList<TableRow> rows)
{
    private static readonly CsvReaderOptions Reading = new()
    {
        Separator = ',',
        HasHeader = false,
        TrimWhitespace = true,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    private static readonly CsvWriterOptions Writing = new() { NewLine = "\n" };

    public IReadOnlyList<string> Columns { get; } = columns;

    public IReadOnlyList<TableRow> Rows { get; } = rows;

    /// <summary>The place of <paramref name="column"/> in a row, or -1.</summary>
    public int IndexOf(string column)
    {
        for (var i = 0; i < Columns.Count; i++)
            if (Columns[i] == column)
                return i;
        return -1;
    }

    /// <summary>The place of a column that the file must have.</summary>
    public int Require(string column)
    {
        var index = IndexOf(column);
        if (index >= 0)
            return index;
        throw new InvalidDataException(
            $"{path}: row 1: no column '{column}'; the header has: {string.Join(", ", Columns)}"
        );
    }

    /// <exception cref="InvalidDataException">
    /// No header, a column twice, or a row with more or fewer fields.
    /// </exception>
    public static CsvTable Read(string path)
    {
        var lines = ReadRows(path);
        if (lines.Count == 0)
            throw new InvalidDataException($"{path}: the file is empty; its first row must name the columns");
        var columns = lines[0].Fields;
        if (columns.GroupBy(c => c).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidDataException($"{path}: row 1: column '{twice.Key}' stands twice");
        TableRow[] rows = [.. lines.Skip(1)];
        if (rows.FirstOrDefault(r => r.Fields.Length != columns.Length) is { } uneven)
            throw new InvalidDataException(
                $"{path}: row {uneven.Number}: {uneven.Fields.Length} fields, the header has {columns.Length}"
            );
        return new CsvTable(path, columns, rows);
    }

    /// <summary>A field as a number; null where it is empty.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public double? Number(TableRow row, int column) =>
        row.Fields[column] is not { Length: > 0 } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : throw new InvalidDataException($"{path}: row {row.Number}: {Columns[column]} is '{text}', not a number");

    /// <summary>What to throw where a field must not be empty.</summary>
    public InvalidDataException Empty(TableRow row, int column) =>
        new($"{path}: row {row.Number}: {Columns[column]} is empty");

    /// <summary>Every row of a file, the first included, however many fields each has.</summary>
    /// <exception cref="InvalidDataException">A quotation that does not end.</exception>
    public static IReadOnlyList<TableRow> ReadRows(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: no such file", path);
        using var reader = CsvReader.FromFile(path, Reading);
        var rows = new List<TableRow>();
        try
        {
            while (reader.Read())
                rows.Add(new TableRow((int)reader.LineNumber, Fields(reader)));
        }
        catch (CsvFormatException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
        return rows;
    }

    private static string[] Fields(CsvReader reader)
    {
        var fields = new string[reader.FieldCount];
        for (var i = 0; i < fields.Length; i++)
            fields[i] = Unguarded(reader.GetString(i).Trim());
        return fields;
    }

    private static bool IsFormula(ReadOnlySpan<char> text) =>
        text.TrimStart('\'') is [('=' or '+' or '-' or '@'), _, ..]
        && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    /// <summary>
    /// A field as spreadsheets show it and do not compute it: without control characters, and with an apostrophe before
    /// what would be a formula (OWASP, CSV injection), which reading takes away.
    /// </summary>
    private static string Guarded(string field)
    {
        var text = PlainText.Of(field);
        return IsFormula(text) ? $"'{text}" : text;
    }

    private static string Unguarded(string field) =>
        field is ['\'', ..] && IsFormula(field.AsSpan(1)) ? field[1..] : field;

    /// <summary>A number with all its digits; nothing for null.</summary>
    public static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    /// <summary>Writes a whole file or nothing.</summary>
    public static void Write(string path, IReadOnlyList<string> columns, IEnumerable<IEnumerable<string>> rows) =>
        Write(path, rows.Prepend(columns));

    /// <summary>Writes a whole file or nothing, the first row as any other: the header, where the file has one.</summary>
    public static void Write(string path, IEnumerable<IEnumerable<string>> rows) =>
        WholeFile.Write(
            path,
            stream =>
            {
                using var csv = CsvWriter.Create(stream, Writing, leaveOpen: true);
                foreach (var row in rows)
                    csv.WriteRecord([.. row.Select(Guarded)]);
            }
        );
}
