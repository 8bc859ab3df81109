using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Reports;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.Learning.RunReports;

/// <summary>Heatmaps of several models over the same test slides, as figure 3 of Liu et al. 2017 has them.</summary>
public static class HeatmapsSideBySide
{
    private const int MostSlides = 12,
        MostNormal = 4,
        Side = 340;

    /// <summary>The section; null where no model left heatmaps.</summary>
    /// <param name="id">The section's.</param>
    /// <param name="cohort">Where the slides are.</param>
    /// <param name="parts">A finished part of each model, of the same test patients.</param>
    public static ReportSection? Of(string id, Cohort cohort, IReadOnlyList<NamedPart> parts)
    {
        NamedPart[] having = [.. parts.Where(p => cohort.Rows.Any(r => HasMap(p, r)))];
        if (having.Length == 0)
            return null;
        var tested = cohort
            .Rows.Where(r => having.Any(p => HasMap(p, r)))
            .Select(r => (Row: r, Truth: Truth(having, r)))
            .ToArray();
        var normal = tested.Where(t => t.Truth is null).Take(MostNormal).ToArray();
        var shown = tested.Where(t => t.Truth is not null).Take(MostSlides - normal.Length).Concat(normal).ToArray();
        return ReportSection.Of(
            id,
            "Heatmaps side by side",
            new Note(
                "The first part's test slides: left the slide, then each model's heatmap over it, the true outline of tumor on all of them. "
                    + "Beneath a heatmap the mean step from cell to cell inside the outline, where it holds such cells (heatmap roughness)."
                    + (tested.Length > shown.Length ? $" {shown.Length} of {tested.Length} slides are shown." : "")
            ),
            ColorScale.OfMaps("probability of tumor", LegendMark.Truth),
            new Table(
                [new("Slide"), new(""), .. having.Select(p => new Column(p.Name))],
                [
                    .. shown.Select(t =>
                        (IReadOnlyList<Cell>)
                            [
                                $"{t.Row.Image}, {t.Row.Label}",
                                new CaptionedPicture(
                                    [Large(cohort.ImagePath(t.Row), $"slide {t.Row.Image}", t.Truth)],
                                    []
                                ),
                                .. having.Select(p => HeatmapOf(p, (t.Row, cohort.ImagePath(t.Row)), t.Truth)),
                            ]
                    ),
                ]
            )
        );
    }

    private static string? Truth(IReadOnlyList<NamedPart> parts, CohortRow row) =>
        parts.Select(p => TestFiles.TruthOf(p.Folder, row)).OfType<string>().FirstOrDefault();

    private static bool HasMap(NamedPart part, CohortRow row) =>
        TestFiles.Of(part.Folder, row) is var files
        && File.Exists(files.Heatmap)
        && HeatmapRecord.Find(files) is not null;

    private static Cell HeatmapOf(NamedPart part, (CohortRow Row, string File) slide, string? truth)
    {
        if (!HasMap(part, slide.Row))
            return FigureText.None;
        var picture = Large(slide.File, $"{part.Name}: heatmap of {slide.Row.Image}", truth) with
        {
            Map = HeatmapRecord.Read(TestFiles.Of(part.Folder, slide.Row)),
        };
        var rough = HeatmapRoughness.Of(part.Folder, slide.Row);
        return new CaptionedPicture(
            [picture],
            rough.Cells > 0 ? [new Words($"roughness {FigureText.Number(rough.Sum / rough.Cells)}")] : []
        );
    }

    private static Picture Large(string file, string alternative, string? truth) =>
        new(file, alternative) { Mask = truth, Longest = Side };
}
