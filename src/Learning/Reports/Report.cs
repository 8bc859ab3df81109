namespace Coverslip.Learning.Reports;

/// <summary>A report as data; how it looks is for whoever renders it.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Sections">In order; their ids are unique.</param>
public sealed record Report(string Title, IReadOnlyList<ReportSection> Sections)
{
    /// <summary>What stands under the title, before everything else.</summary>
    public IReadOnlyList<ReportBlock> Head { get; init; } = [];
}

/// <summary>A section of a report.</summary>
/// <param name="Id">By which links find it, such as <c>figures</c>.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Blocks">What stands in it.</param>
public sealed record ReportSection(string Id, string Title, IReadOnlyList<ReportBlock> Blocks)
{
    /// <summary>Of blocks of which some may be missing.</summary>
    public static ReportSection Of(string id, string title, params IEnumerable<ReportBlock?> blocks) =>
        new(id, title, [.. blocks.OfType<ReportBlock>()]);
}
