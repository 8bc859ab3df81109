using Coverslip.Evaluation.Statistics;

namespace Coverslip.Learning.Reports;

/// <summary>A table.</summary>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">Cells, as many to a row as there are columns.</param>
public sealed record Table(IReadOnlyList<Column> Columns, IReadOnlyList<IReadOnlyList<Cell>> Rows) : ReportBlock
{
    /// <summary>Of lines of text, heads first; the first <paramref name="text"/> columns are text, the others numbers.</summary>
    public static Table OfLines(IReadOnlyList<IReadOnlyList<string>> lines, int text) =>
        new(
            [.. lines[0].Select((head, i) => new Column(head, Number: i >= text))],
            [.. lines.Skip(1).Select(line => (IReadOnlyList<Cell>)[.. line])]
        );
}

/// <summary>A table's column.</summary>
/// <param name="Name">What heads it.</param>
/// <param name="Number">Whether it holds numbers, which are aligned to the right.</param>
public sealed record Column(string Name, bool Number = false);

/// <summary>What stands in a cell: text by itself, an interval or a picture.</summary>
public abstract record Cell
{
    /// <summary>Plain text.</summary>
    public static implicit operator Cell(string text) => new Words(text);
}

/// <summary>How words stand out.</summary>
public enum WordStyle
{
    /// <summary>Not at all.</summary>
    Plain,

    /// <summary>As something that is wrong.</summary>
    Wrong,

    /// <summary>As something for machines, such as a hash.</summary>
    Code,
}

/// <summary>Words in a cell or a caption.</summary>
/// <param name="Text">The words.</param>
/// <param name="Style">How they stand out.</param>
public sealed record Words(string Text, WordStyle Style = WordStyle.Plain) : Cell;

/// <summary>A figure and its interval on a line from 0 to 1; nothing where the figure is not defined.</summary>
/// <param name="Figure">The figure.</param>
/// <param name="Chance">What guessing reaches; null where it depends on how one guesses.</param>
public sealed record IntervalBar(Estimate Figure, double? Chance) : Cell;
