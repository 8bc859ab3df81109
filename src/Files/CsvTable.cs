using System.Globalization;
using CsvHelper;

namespace Coverslip.Files;

/// <summary>
/// A row of a CSV file. <paramref name="Number"/> counts lines as an editor shows them: the header is row 1.
/// </summary>
public sealed record TableRow(int Number, string[] Fields);

/// <summary>
/// A table with a header, read and written field by field (no reflection over classes). Read are also semicolons and tabs
/// between fields, as spreadsheets write them, a byte order mark, column names of other case, and empty columns and rows at
/// the end; written are commas.
/// </summary>
public sealed class CsvTable(string path, IReadOnlyList<string> columns, IReadOnlyList<TableRow> rows)
{
    private static readonly CsvWriterOptions Writing = new() { NewLine = "\n" };

    public IReadOnlyList<string> Columns { get; } = columns;

    public IReadOnlyList<TableRow> Rows { get; } = rows;

    /// <summary>The place of <paramref name="column"/> in a row, or -1; its case matters only beside one of other case.</summary>
    public int IndexOf(string column)
    {
        var inAnyCase = -1;
        for (var i = 0; i < Columns.Count; i++)
        {
            if (Columns[i] == column)
                return i;
            if (inAnyCase < 0 && Columns[i].Equals(column, StringComparison.OrdinalIgnoreCase))
                inAnyCase = i;
        }
        return inAnyCase;
    }

    /// <summary>The place of a column that the file must have.</summary>
    public int Require(string column)
    {
        var index = IndexOf(column);
        if (index >= 0)
            return index;
        throw new InvalidDataException(
            $"{path}: row 1: no column '{column}'; the header has: {string.Join(", ", Columns)}{SeparatorHint(Columns)}"
        );
    }

    /// <summary>What an error about missing columns adds where fields seem to be divided by something unknown.</summary>
    public static string SeparatorHint(IReadOnlyList<string> columns) =>
        columns.Count == 1 && columns[0].IndexOfAny(['|', ' ', ':']) is >= 0 and var at
            ? $"; fields seem to be divided by '{columns[0][at]}': write commas, semicolons or tabs"
            : "";

    /// <exception cref="InvalidDataException">
    /// No header, a column twice or without name, or a row with more or fewer fields.
    /// </exception>
    public static CsvTable Read(string path)
    {
        var lines = ReadRows(path);
        if (lines.Count == 0)
            throw new InvalidDataException($"{path}: the file is empty; its first row must name the columns");
        var columns = WithoutEmptyEnd(lines[0].Fields, 0);
        if (columns.GroupBy(c => c).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidDataException($"{path}: row 1: column '{twice.Key}' stands twice");
        TableRow[] rows =
        [
            .. lines
                .Skip(1)
                .Select(r =>
                    r.Fields.Length == columns.Length
                        ? r
                        : r with
                        {
                            Fields = WithoutEmptyEnd(r.Fields, columns.Length),
                        }
                )
                .Where(r => columns.Length == 1 || r.Fields.Any(f => f.Length > 0)),
        ];
        if (rows.FirstOrDefault(r => r.Fields.Length != columns.Length) is { } uneven)
            throw new InvalidDataException(
                $"{path}: row {uneven.Number}: {uneven.Fields.Length} fields, the header has {columns.Length}; a field that "
                    + "holds the separator stands in quotation marks"
            );
        return new CsvTable(path, columns, rows);
    }

    /// <summary>Spreadsheets write the empty columns beside a table.</summary>
    private static string[] WithoutEmptyEnd(string[] fields, int least)
    {
        var length = fields.Length;
        while (length > least && fields[length - 1].Length == 0)
            length--;
        return length == fields.Length ? fields : fields[..length];
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
    /// <exception cref="InvalidDataException">A quotation that does not end, or text that is not UTF-8.</exception>
    public static IReadOnlyList<TableRow> ReadRows(string path)
    {
        TextFile.Check(path);
        using var reader = CsvReader.FromFile(
            path,
            new()
            {
                Separator = SeparatorOf(path),
                HasHeader = false,
                TrimWhitespace = true,
                TrackLineNumbers = true,
                MalformedData = CsvMalformedDataHandling.Throw,
            }
        );
        var (rows, texts) = (new List<TableRow>(), new TableTexts());
        try
        {
            while (reader.Read())
                rows.Add(new TableRow((int)reader.LineNumber, Fields(reader, texts)));
        }
        catch (CsvFormatException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
        // A character that could not be decoded would make different names alike.
        return rows.FirstOrDefault(r => r.Fields.Any(f => f.Contains('\uFFFD'))) is { } odd
            ? throw new InvalidDataException(
                $"{path}: row {odd.Number}: '{odd.Fields.First(f => f.Contains('\uFFFD'))}' is not UTF-8; save the table as \"CSV UTF-8\""
            )
            : rows;
    }

    /// <summary>What divides the fields of the first line: the most frequent one outside quotation marks.</summary>
    private static char SeparatorOf(string path)
    {
        using var reader = new StreamReader(path);
        var (line, quoted) = (reader.ReadLine() ?? "", false);
        var counts = new Dictionary<char, int>
        {
            [','] = 0,
            [';'] = 0,
            ['\t'] = 0,
        };
        foreach (var letter in line)
        {
            quoted ^= letter == '"';
            if (!quoted && counts.TryGetValue(letter, out var count))
                counts[letter] = count + 1;
        }
        return counts.MaxBy(c => c.Value).Key;
    }

    private static string[] Fields(CsvReader reader, TableTexts texts)
    {
        var fields = new string[reader.FieldCount];
        for (var i = 0; i < fields.Length; i++)
            fields[i] = texts.Of(i, Unguarded(texts.Letters(reader.GetSpan(i)).Trim()));
        return fields;
    }

    private static bool IsFormula(ReadOnlySpan<char> text) =>
        text.TrimStart(" \t\n'") is [('=' or '+' or '-' or '@'), _, ..]
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

    private static ReadOnlySpan<char> Unguarded(ReadOnlySpan<char> field) =>
        field is ['\'', ..] && IsFormula(field[1..]) ? field[1..] : field;

    /// <summary>A number with all its digits; nothing for null.</summary>
    public static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    /// <summary>Whether a file begins with a header of these columns, as <see cref="Write(string, IReadOnlyList{string}, IEnumerable{IEnumerable{string}})"/> writes it.</summary>
    /// <param name="path">A file that is there.</param>
    /// <param name="columns">Names without commas and quotation marks.</param>
    public static bool HasHeader(string path, IReadOnlyList<string> columns)
    {
        var header = System.Text.Encoding.UTF8.GetBytes(string.Join(',', columns) + "\n");
        var begin = new byte[header.Length];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false) == begin.Length
            && begin.AsSpan().SequenceEqual(header);
    }

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
