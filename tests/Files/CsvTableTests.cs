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
    [InlineData("image;label\na.png;\"x;y\"\n", "a.png", "x;y")]
    [InlineData("image\tlabel\na.png\tx, y\n", "a.png", "x, y")]
    [InlineData("Image,LABEL\na.png,x\n", "a.png", "x")]
    [InlineData("image,label,,\na.png,x,,\n,,,\n", "a.png", "x")]
    [InlineData("image,labels,label\na.png,m;n;o,x\n", "a.png", "x")]
    public void What_spreadsheets_write_is_read(string text, string image, string label)
    {
        foreach (var mark in new[] { "", "\uFEFF" })
        {
            var table = CsvTable.Read(Written(mark + text));
            var row = Assert.Single(table.Rows);
            Assert.Equal((image, label), (row.Fields[table.Require("image")], row.Fields[table.Require("label")]));
        }
    }

    [Theory]
    [InlineData("image,label,\na.png,x,y\n", "row 2: 3 fields, the header has 2")]
    [InlineData("image|label\na.png|x\n", "fields seem to be divided by '|': write commas, semicolons or tabs")]
    public void What_cannot_be_told_apart_is_named(string text, string message)
    {
        var path = Written(text);
        Assert.Contains(
            message,
            Assert.Throws<InvalidDataException>(() => CsvTable.Read(path).Require("label")).Message
        );
    }

    [Fact]
    public void Text_that_is_not_utf_8_is_refused_and_utf_16_is_read()
    {
        var path = Path.Combine(folder, "latin.csv");
        File.WriteAllBytes(path, System.Text.Encoding.Latin1.GetBytes("image,patient\na.png,M\u00FCller\n"));
        Assert.Contains("row 2", Assert.Throws<InvalidDataException>(() => CsvTable.Read(path)).Message);
        File.WriteAllText(path, "image,patient\na.png,M\u00FCller\n", System.Text.Encoding.Unicode);
        Assert.Equal("M\u00FCller", CsvTable.Read(path).Rows[0].Fields[1]);
    }

    private string Written(string text)
    {
        var path = Path.Combine(folder, "read.csv");
        File.WriteAllText(path, text);
        return path;
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\",\"y\")", "'=HYPERLINK")]
    [InlineData("@SUM(1+1)", "'@SUM")]
    [InlineData("+cmd|' /C calc'!A0", "'+cmd")]
    [InlineData("'=1+1", "''=1+1")]
    [InlineData("-2+3", "'-2+3")] // a number is not
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

    [Fact]
    public void Columns_of_few_texts_and_of_many_and_long_ones_read_as_they_are()
    {
        var path = Path.Combine(folder, "table.csv");
        string[][] rows =
        [
            .. Enumerable
                .Range(0, 10_000)
                .Select(i =>
                    (string[])[$"images/ä{i}.png", $"patient {i % 7}", i % 999 == 0 ? new string('é', i) + "\"" : ""]
                ),
        ];
        CsvTable.Write(path, ["image", "patient", "note"], rows);
        var read = CsvTable.Read(path).Rows;
        Assert.Equal(rows, read.Select(r => r.Fields));
        Assert.Same(read[0].Fields[1], read[7].Fields[1]);
    }
}
