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

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\",\"y\")", "'=HYPERLINK")]
    [InlineData("@SUM(1+1)", "'@SUM")]
    [InlineData("+cmd|' /C calc'!A0", "'+cmd")]
    [InlineData("'=1+1", "''=1+1")]
    public void A_formula_is_stored_as_text_and_read_as_it_was(string field, string stored)
    {
        var path = Path.Combine(folder, "table.csv");
        CsvTable.Write(
            path,
            ["name"],
            [
                [field],
            ]
        );
        Assert.StartsWith($"name\n{stored}", File.ReadAllText(path).Replace("\"", ""));
        Assert.Equal(field, CsvTable.Read(path).Rows[0].Fields[0]);
    }

    [Fact]
    public void Numbers_keep_their_sign_and_control_characters_become_visible()
    {
        var path = Path.Combine(folder, "table.csv");
        CsvTable.Write(
            path,
            ["a", "b", "c"],
            [
                ["-1.5", "-", "x\u001b]0;title\u0007"],
            ]
        );
        Assert.Equal("a,b,c\n-1.5,-,x\u241b]0;title\u2407\n", File.ReadAllText(path));
    }
}
