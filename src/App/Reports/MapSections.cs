using System.Xml.Linq;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Loop;
using Coverslip.Methods.MultiStage;

namespace Coverslip.App.Reports;

/// <summary>A model's column among the maps.</summary>
/// <param name="Name">What heads it.</param>
/// <param name="Folder">The folder of a finished part.</param>
internal sealed record MapColumn(string Name, string Folder);

/// <summary>
/// Prediction maps of the test slides of patch by patch methods, side by side as in figure 5 of Takahama et al. 2019: the
/// slide, the truth, and every model.
/// </summary>
internal static class MapSections
{
    private const int MostSlides = 12;

    /// <summary>The maps of a run and what its patches are worth; null for a run of another method.</summary>
    internal static XElement? OfRun(ReportedRun run) =>
        Of(
            "maps",
            run.Cohort,
            [.. run.Parts.Select(p => new MapColumn(run.Parts.Count == 1 ? "prediction" : p.Name, p.Folder))]
        );

    /// <summary>The maps of several models of the same test slides; null where no model has any.</summary>
    internal static XElement? Of(string id, Cohort cohort, IReadOnlyList<MapColumn> columns)
    {
        MapColumn[] having = [.. columns.Where(c => Directory.Exists(PredictionMap.Folder(c.Folder)))];
        if (having.Length == 0)
            return null;
        var tested = having
            .SelectMany(c => Predictions.Read(new RunFolder(c.Folder, make: false).Predictions).Rows)
            .Select(r => r.Image)
            .ToHashSet();
        // Slides with tumor are what maps differ on; the others show tumor points.
        CohortRow[] all = [.. cohort.Rows.Where(r => tested.Contains(r.Image) && Truth(having, r) is not null)];
        var kinds = all.GroupBy(r => r.Label).Select(g => g.Take(MostSlides / cohort.Classes.Count));
        CohortRow[] shown = [.. kinds.SelectMany(g => g)];
        return Html.Section(
            id,
            "Prediction maps",
            Html.Note(
                "A square is a patch. Truth: gray normal, red tumor, purple no label; predictions run from gray (0) to red (1), "
                    + "also of patches without a label. White: no tissue, or beyond the map."
                    + (all.Length > shown.Length ? $" {shown.Length} of {all.Length} slides are shown." : "")
            ),
            Html.Table(
                [new("Slide"), new(""), new("Truth"), .. having.Select(c => new Column(c.Name))],
                shown.Select(r =>
                    (IReadOnlyList<object?>)
                        [
                            $"{r.Image}, {r.Label}",
                            Thumbnail.Of(cohort.ImagePath(r), $"slide {r.Image}"),
                            Thumbnail.Of(Truth(having, r)!, $"truth of {r.Image}"),
                            .. having.Select(c => MapOf(c, r)),
                        ]
                )
            )
        );
    }

    private static string? Truth(IReadOnlyList<MapColumn> columns, CohortRow row) =>
        columns.Select(c => PredictionMap.TruthFile(c.Folder, NameOf(row))).FirstOrDefault(File.Exists);

    private static object MapOf(MapColumn column, CohortRow row)
    {
        var file = PredictionMap.PredictedFile(column.Folder, NameOf(row));
        return File.Exists(file) ? Thumbnail.Of(file, $"{column.Name}: {row.Image}") : "–";
    }

    private static string NameOf(CohortRow row) => Path.GetFileNameWithoutExtension(row.Image);
}
