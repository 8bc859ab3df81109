using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Models;
using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;
using Coverslip.Slides.Formats;

namespace Coverslip.Methods.Curriculum;

/// <summary>Radiographs of each finding that the models are surest about, with their maps and the truth's boxes.</summary>
internal static class CaseSection
{
    private const int Most = 2; // of a kind and finding, of all parts together

    internal static ReportSection? Of(FinishedRun run, IReadOnlyList<FinishedPart> parts)
    {
        var boxes = BoxesOf(run).ToLookup(b => (b.Image, b.Label));
        var rows = run.Cohort.Rows.ToDictionary(r => r.Image, StringComparer.Ordinal);
        // Runs of before have no pictures of maps.
        (FinishedPart Part, FindingCase Case)[] cases =
        [
            .. parts
                .SelectMany(p =>
                    FindingCase.Of(TestedSets.Read(p.Predictions, run.Cohort)).Select(c => (Part: p, Case: c))
                )
                .Where(c => File.Exists(CaseMaps.FileOf(c.Part.Folder, c.Case))),
        ];
        if (cases.Length == 0)
            return null;
        var names = parts[0].Description.Classes;
        CaptionedPicture Shown((FinishedPart Part, FindingCase Case) of)
        {
            var (row, finding) = (rows[of.Case.Image.Image], names[of.Case.Finding]);
            var file = run.Cohort.ImagePath(row);
            PictureBox[] drawn = [.. Shares(file, [.. boxes[(row.Image, finding)].Select(b => b.Area)])];
            return new CaptionedPicture(
                [
                    new Picture(file, $"radiograph {row.Image}") { Boxes = drawn, Longest = CaseMaps.LongestSide },
                    new Picture(CaseMaps.FileOf(of.Part.Folder, of.Case), $"map of {finding} on {row.Image}")
                    {
                        Boxes = drawn,
                        Longest = CaseMaps.LongestSide,
                    },
                ],
                [
                    new Words(
                        $"{Words(of.Case.Kind)}, {FigureText.Percent(of.Case.Image.Probabilities[of.Case.Finding])}",
                        of.Case.Kind == CaseKind.Right ? WordStyle.Plain : WordStyle.Wrong
                    ),
                    new Words($"true: {(of.Case.Image.Label.Length > 0 ? of.Case.Image.Label : "none")}"),
                    new Words($"patient {row.Patient}{(parts.Count > 1 ? $", {of.Part.Name}" : "")}"),
                    new Words(row.Image),
                ]
            );
        }
        var legend = cases.Select(c => CaseMaps.FileOf(c.Part.Folder, c.Case)).All(ActivationOverlay.HasTodaysColors)
            ? (ReportBlock)
                ColorScale.OfMaps(
                    "share of the map's maximum",
                    [.. boxes.Count > 0 ? [LegendMark.TrueBox] : Array.Empty<LegendMark>(), LegendMark.HalfFrame]
                )
            : new Note(
                "These maps were drawn by an earlier version: blue is 0, pale yellow half of the map's maximum, red the maximum; the frame is around what reaches half."
            );
        return ReportSection.Of(
            "radiographs",
            "Radiographs",
            [
                new Note(
                    "Of each finding the test images that the models are surest about: named rightly, missed, named wrongly; up to two of each, of different patients. "
                        + "Beside each the map, the more opaque the higher; where nothing is colored, nothing speaks for the finding."
                ),
                legend,
                .. cases
                    .GroupBy(c => c.Case.Finding)
                    .OrderBy(g => g.Key)
                    .SelectMany(g =>
                        (ReportBlock[])
                            [
                                new Subheading(names[g.Key]),
                                new Pictures([
                                    .. g.GroupBy(c => c.Case.Kind)
                                        .OrderBy(k => k.Key)
                                        .SelectMany(k =>
                                            k.OrderByDescending(c => Sureness(c.Case))
                                                .DistinctBy(c => c.Case.Image.Image)
                                                .Take(Most)
                                        )
                                        .Select(Shown),
                                ]),
                            ]
                    ),
            ]
        );
    }

    /// <summary>The boxes of the cohort that its recipe names; none where it has none.</summary>
    internal static IReadOnlyList<FindingBox> BoxesOf(FinishedRun run)
    {
        var file = CurriculumMethod.OfRun(run.Folder) is { } recipe
            ? Path.Combine(run.Cohort.Folder, recipe.Patches.Boxes)
            : "";
        return File.Exists(file) ? BoxesFile.Read(file, run.Cohort) : [];
    }

    private static double Sureness(FindingCase of)
    {
        var probability = of.Image.Probabilities[of.Finding];
        return of.Kind == CaseKind.Missed ? 1 - probability : probability;
    }

    private static string Words(CaseKind kind) =>
        kind switch
        {
            CaseKind.Right => "named rightly",
            CaseKind.Missed => "missed",
            _ => "named wrongly",
        };

    private static IEnumerable<PictureBox> Shares(string file, IReadOnlyList<BoxArea> boxes)
    {
        if (boxes.Count == 0)
            return [];
        using var stored = PatchImage.ReadOne(file);
        var (width, height) = ((double)stored.Width, (double)stored.Height);
        return [.. boxes.Select(b => new PictureBox(b.X / width, b.Y / height, b.Right / width, b.Bottom / height))];
    }
}
