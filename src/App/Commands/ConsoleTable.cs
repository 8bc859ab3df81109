using System.Globalization;
using Coverslip.App.Progress;
using Coverslip.Files;
using Coverslip.Learning.Reports;
using Spectre.Console;
using ReportTable = Coverslip.Learning.Reports.Table;
using SpectreTable = Spectre.Console.Table;

namespace Coverslip.App.Commands;

/// <summary>
/// Tables for people. On a terminal long cells go on in the next line; in a pipe or a file a row is a line, however wide,
/// and nothing but text.
/// </summary>
internal static class ConsoleTable
{
    /// <summary>Spectre.Console takes 80 columns where there is no terminal, and would break rows for others to read.</summary>
    private const int NoEnd = 10_000;

    /// <summary>Blocks of a report that a terminal can show: text and tables.</summary>
    internal static void Write(ReportBlock block)
    {
        if (block is ReportTable table)
            Write(table);
        else if (block is Learning.Reports.Paragraph paragraph)
            Console.WriteLine(paragraph.Text);
    }

    /// <summary>Figures with their intervals, or why there is none; <paramref name="interval"/> heads these.</summary>
    internal static void Write(
        IEnumerable<(string Name, Evaluation.Statistics.Estimate Figure)> figures,
        string interval = "95 % interval over patients"
    ) =>
        Write(
            new ReportTable(
                [new Column(""), new Column("value", Number: true), new Column(interval)],
                [
                    .. figures.Select(f =>
                        (IReadOnlyList<Cell>)
                            [f.Name, f.Figure.Value is { } value ? Digits(value) : "-", Interval(f.Figure)]
                    ),
                ]
            )
        );

    /// <summary>Images by label (row) and prediction (column).</summary>
    internal static void WriteConfusion(IReadOnlyList<string> classes, IReadOnlyList<IReadOnlyList<int>> confusion) =>
        Write(
            new ReportTable(
                [new Column(""), .. classes.Select(c => new Column(c, Number: true)), new Column("predicted")],
                [
                    .. confusion.Select(
                        (row, i) => (IReadOnlyList<Cell>)[classes[i], .. row.Select(n => (Cell)$"{n}"), ""]
                    ),
                ]
            )
        );

    /// <summary>A table; without heads where none of its columns has one.</summary>
    /// <param name="table">Its cells are words.</param>
    /// <param name="output">Where plain text goes; null: standard output.</param>
    internal static void Write(ReportTable table, TextWriter? output = null)
    {
        if (output is null && Terminal.Output() is { } terminal)
        {
            terminal.Write(Drawn(table));
            return;
        }
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var plain = AnsiConsole.Create(
            new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) }
        );
        plain.Profile.Width = NoEnd;
        plain.Write(Drawn(table));
        foreach (var line in text.ToString().TrimEnd('\n').Split('\n'))
            (output ?? Console.Out).WriteLine(line.TrimEnd());
    }

    private static SpectreTable Drawn(ReportTable table)
    {
        var drawn = new SpectreTable().NoBorder();
        drawn.ShowHeaders = table.Columns.Any(c => c.Name.Length > 0);
        foreach (var column in table.Columns)
            drawn.AddColumn(
                new TableColumn(new Text(PlainText.Of(column.Name), new Style(decoration: Decoration.Bold)))
                    .PadLeft(0)
                    .PadRight(2)
                    .Alignment(column.Number ? Justify.Right : Justify.Left)
            );
        // Text and not markup: names of classes and files may hold brackets.
        foreach (var row in table.Rows)
            drawn.AddRow(row.Select(cell => new Text(PlainText.Of(((Words)cell).Text))));
        return drawn;
    }

    private static string Interval(Evaluation.Statistics.Estimate figure) =>
        figure is { Low: { } low, High: { } high }
            ? $"{Digits(low)} to {Digits(high)}{(figure.Bound is { } bound ? $" ({bound})" : "")}"
            : figure.Reason ?? "";

    private static string Digits(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
