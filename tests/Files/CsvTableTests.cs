namespace Coverslip.Files.Tests;

/// <summary>What is written is read again, whatever stands in a field.</summary>
public sealed class CsvTableTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Fields_with_commas_quotes_and_line_breaks_are_quoted_and_others_are_not()
    {
        var path = Path.Combine(folder, "table.csv");
        string[][] rows =
        [
            ["tumor, solid", "say \"no\""],
            ["two\nlines", ""],
        ];
        CsvTable.Write(path, ["name", "reason"], rows);
        Assert.Equal("name,reason\n\"tumor, solid\",\"say \"\"no\"\"\"\n\"two\nlines\",\n", File.ReadAllText(path));
        Assert.Equal(rows, CsvTable.Read(path).Rows.Select(r => r.Fields));
    }

    [Fact]
    public void A_table_may_have_no_header_and_no_rows()
    {
        var path = Path.Combine(folder, "detections.csv");
        CsvTable.Write(
            path,
            [
                ["0.5", "1", "2"],
            ]
        );
        Assert.Equal("0.5,1,2\n", File.ReadAllText(path));
        CsvTable.Write(path, []);
        Assert.Equal("", File.ReadAllText(path));
    }
}
