namespace Coverslip.Learning.Reports;

/// <summary>A piece of a report. All text is shown as it is written; nothing is taken for markup.</summary>
public abstract record ReportBlock;

/// <summary>Plain text.</summary>
public sealed record Paragraph(string Text) : ReportBlock;

/// <summary>The result in words, which is read first.</summary>
public sealed record ResultText(string Text) : ReportBlock;

/// <summary>Text that stands back: what a figure means, where it comes from.</summary>
public sealed record Note(string Text) : ReportBlock;

/// <summary>What keeps figures from meaning what they seem to.</summary>
public sealed record Warning(string Text) : ReportBlock;

/// <summary>A heading within a section.</summary>
public sealed record Subheading(string Text) : ReportBlock;

/// <summary>Text as it stands in a file, line by line.</summary>
public sealed record Preformatted(string Text) : ReportBlock;

/// <summary>A few figures, large and side by side.</summary>
public sealed record Tiles(IReadOnlyList<Tile> All) : ReportBlock;

/// <summary>One of them.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">The figure.</param>
/// <param name="Below">What bounds it.</param>
public sealed record Tile(string Name, string Value, string Below);

/// <summary>Images by true class (rows) and predicted class (columns).</summary>
/// <param name="Classes">Their names.</param>
/// <param name="Images">Rows in the order of the classes.</param>
public sealed record ConfusionMatrix(IReadOnlyList<string> Classes, IReadOnlyList<IReadOnlyList<int>> Images)
    : ReportBlock;

/// <summary>What is folded up until someone asks for it.</summary>
/// <param name="Summary">What one asks for.</param>
/// <param name="Blocks">What is then seen.</param>
public sealed record Folded(string Summary, IReadOnlyList<ReportBlock> Blocks) : ReportBlock;
