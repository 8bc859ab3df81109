using Coverslip.Files;

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
        var table = CsvTable.Read(path);
        table.Require("epoch");
        double[] Values(int column) => [.. table.Rows.Select(row => table.Number(row, column) ?? double.NaN)];
        return new EpochTable(table.Columns.Index().ToDictionary(c => c.Item, c => Values(c.Index)));
    }
}
