using System.Globalization;

namespace Coverslip.Learning.RunReports;

/// <summary>The columns of a <c>metrics.csv</c>; a figure that was not taken is NaN.</summary>
public sealed class EpochTable
{
    private readonly Dictionary<string, double[]> columns;

    private EpochTable(Dictionary<string, double[]> columns) => this.columns = columns;

    /// <summary>How many epochs.</summary>
    public int Count => columns["epoch"].Length;

    /// <summary>A column by name; null where the file has none of it or nothing but empty fields.</summary>
    public double[]? this[string column] =>
        columns.GetValueOrDefault(column) is { } values && values.Any(double.IsFinite) ? values : null;

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">No epochs, a row too long or short, or a field no number.</exception>
    public static EpochTable Read(string path)
    {
        string[] lines = [.. File.ReadLines(path).Where(line => line.Length > 0)];
        if (lines.Length == 0)
            throw new InvalidDataException($"{path} is empty; its first row must name the columns");
        var names = lines[0].Split(',');
        if (!names.Contains("epoch"))
            throw new InvalidDataException($"{path}: row 1: no column 'epoch'; the header has: {lines[0]}");
        var values = names.Select(_ => new double[lines.Length - 1]).ToArray();
        for (var row = 1; row < lines.Length; row++)
        {
            var fields = lines[row].Split(',');
            if (fields.Length != names.Length)
                throw new InvalidDataException(
                    $"{path}: row {row + 1}: {fields.Length} fields, the header has {names.Length}"
                );
            for (var c = 0; c < fields.Length; c++)
            {
                var number = double.NaN;
                if (
                    fields[c].Length > 0
                    && !double.TryParse(fields[c], NumberStyles.Float, CultureInfo.InvariantCulture, out number)
                )
                    throw new InvalidDataException($"{path}: row {row + 1}: {names[c]} is '{fields[c]}', not a number");
                values[c][row - 1] = number;
            }
        }
        return new EpochTable(names.Zip(values).DistinctBy(c => c.First).ToDictionary(c => c.First, c => c.Second));
    }
}
