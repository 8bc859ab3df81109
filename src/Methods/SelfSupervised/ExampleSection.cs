using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>Test images beside their truth and what the model makes of them.</summary>
internal static class ExampleSection
{
    private const int Most = 12;

    /// <summary>A few of each part; null where there are none.</summary>
    internal static ReportSection? Of(FinishedRun run)
    {
        var all = run.Parts.SelectMany(p => ExampleFiles.Names(p.Folder).Select(name => (p.Folder, Name: name)));
        var shown = all.GroupBy(e => e.Folder).SelectMany(g => g.Take(Math.Max(1, Most / run.Parts.Count))).ToArray();
        if (shown.Length == 0)
            return null;
        return ReportSection.Of(
            "examples",
            "Test images",
            new Note(
                "From left to right: the image, its true mask, the mask that the model makes, its probabilities, and the image "
                    + "as the fine-tuned network reconstructs it."
            ),
            new Table(
                [new("Image"), .. ExampleFiles.Kinds.Select(k => new Column(k))],
                [
                    .. shown.Select(e =>
                        (IReadOnlyList<Cell>)
                            [
                                e.Name,
                                .. ExampleFiles.Kinds.Select(k => new Picture(
                                    ExampleFiles.FileOf(e.Folder, e.Name, k),
                                    $"{k} of {e.Name}"
                                )),
                            ]
                    ),
                ]
            )
        );
    }
}
