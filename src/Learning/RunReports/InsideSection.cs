using Coverslip.Learning.Reports;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.RunReports;

/// <summary>What the networks make of test images on the way to their answers.</summary>
internal static class InsideSection
{
    /// <summary>Rows of pictures at most.</summary>
    private const int Most = 8;

    private static readonly string[] Kinds =
    [
        "input",
        "reconstruction",
        "error",
        "gates-stem",
        .. Enumerable.Range(1, 6).Select(i => $"gates-block-{i}"),
    ];

    /// <summary>Null where the method does not show it.</summary>
    internal static ReportSection? Of(ReportedRun run)
    {
        var tables = run.Parts.Select(p => InsideFiles.Read(p.Folder)).OfType<InsideTable>().ToArray();
        if (tables.Length == 0)
            return null;
        var each = Math.Max(1, Most / tables.Length);
        var shown = tables.SelectMany(t => t.Pictured(Kinds).Take(each)).Take(Most).ToArray();
        string[] kinds = [.. Kinds.Where(k => shown.Any(s => s.Pictures.Any(p => p.Kind == k)))];
        return ReportSection.Of(
            "inside",
            "Inside the network",
            new Note(
                "Test images as the network is given them, as it reconstructs them, how wrong that is (dark purple: right; yellow: by half of "
                    + "the range from black to white, or more), and how far its gates are open (dark purple: shut; yellow: open; the mean "
                    + "over a layer's filters). A gate that is as open within the mask as outside of it filters nothing out."
            ),
            new Table(
                [new("Image"), .. kinds.Select(k => new Column(k.Replace('-', ' ')))],
                [
                    .. shown.Select(s =>
                        (IReadOnlyList<Cell>)
                            [
                                s.Image,
                                .. kinds.Select(k =>
                                    s.Pictures.FirstOrDefault(p => p.Kind == k).File is { } file
                                        ? new Picture(file, $"{k} of {s.Image}")
                                        : (Cell)""
                                ),
                            ]
                    ),
                ]
            ),
            new Note(
                "Over the test images that were looked into. Errors are mean squared ones of colors from 0 to 1; the flat error is "
                    + "that of who paints all in the mean color of what is within the mask. Inside and outside: of the mask."
            ),
            new Table(
                [new("Figure"), new("Images", true), new("Mean ± standard deviation", true)],
                [
                    .. tables[0]
                        .Figures.Index()
                        .Select(f =>
                        {
                            double[] values = [.. tables.SelectMany(t => t.Figures[f.Index].Values)];
                            return (IReadOnlyList<Cell>)
                                [
                                    f.Item.Name.Replace('_', ' '),
                                    $"{values.Length}",
                                    FigureText.Spread(FigureText.Spread(values.Cast<double?>())),
                                ];
                        }),
                ]
            )
        );
    }
}
