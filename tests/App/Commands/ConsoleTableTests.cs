using Coverslip.App.Commands;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Reports;

namespace Coverslip.App.Tests.Commands;

/// <summary>Tables where standard output is no terminal.</summary>
[Collection("console")]
public sealed class ConsoleTableTests
{
    [Fact]
    public void A_row_is_a_line_however_wide_and_nothing_but_text()
    {
        var name = $"[red]{new string('x', 300)}[/] µm";
        var output = new StringWriter();
        ConsoleTable.Write(
            new Table(
                [new Column("name"), new Column("images", Number: true), new Column("why")],
                [
                    [name, "7", "two words"],
                    ["b", "12", ""],
                ]
            ),
            output
        );
        var left = name.Length;
        Assert.Equal(
            $"{"name".PadRight(left)}  images  why\n{name}       7  two words\n{"b".PadRight(left)}      12\n",
            output.ToString()
        );
    }

    [Fact]
    public void Without_heads_there_is_no_line_for_them()
    {
        var output = new StringWriter();
        ConsoleTable.Write(
            new Table(
                [new Column(""), new Column("")],
                [
                    ["a", "b"],
                ]
            ),
            output
        );
        Assert.Equal("a  b\n", output.ToString());
    }

    [Fact]
    public void Figures_stand_with_their_interval_or_why_there_is_none()
    {
        Assert.Equal(
            "              value  95 % interval over patients\nAUC          0.5000  0.2500 to 1.0000\nsensitivity       -  one class\n",
            Told(() =>
                ConsoleTable.Write([
                    ("AUC", new Estimate(0.5, 0.25, 1)),
                    ("sensitivity", Estimate.Undefined("one class")),
                ])
            )
        );
    }

    private static string Told(Action write)
    {
        var (output, before) = (new StringWriter(), Console.Out);
        Console.SetOut(output);
        try
        {
            write();
        }
        finally
        {
            Console.SetOut(before);
        }
        return output.ToString();
    }
}
