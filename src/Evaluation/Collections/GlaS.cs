using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;

namespace Coverslip.Evaluation.Collections;

/// <summary>
/// GlaS, the Warwick-QU set (Sirinukunwattana et al. 2017): colon at 0.62 µm per pixel, <c>train_1.bmp</c> with the numbers of its
/// glands in <c>train_1_anno.bmp</c>; <c>Grade.csv</c> says whose images are and what they show.
/// </summary>
internal sealed class GlaS : Collection
{
    private const string MaskEnding = "_anno";
    private static readonly string[] Labels = ["benign", "malignant"];

    public override string Layout => "glas";

    public override string Title => "GlaS (Sirinukunwattana et al. 2017)";

    private protected override string Wanted => "Grade.csv, train_1.bmp, train_1_anno.bmp, testA_1.bmp, testB_1.bmp …";

    private protected override CollectionRows Read(CollectionFolder folder)
    {
        var path = folder.NeedTable("whose images are and what they show", "Grade.csv");
        var table = CsvTable.Read(path);
        // The file writes " grade (GlaS)" with a blank before it, which the reader takes away.
        var (name, patient, label) = (
            table.Require("name"),
            table.Require("patient ID"),
            table.Require("grade (GlaS)")
        );
        var grade = table.IndexOf("grade (Sirinukunwattana et al. 2015)");
        var files = folder.ByName(f => FolderLayout.IsImage(f) ? CollectionFolder.StemOf(f) : null);
        var rows = new List<CohortRow>();
        var missing = new List<string>();
        foreach (var row in table.Rows)
        {
            var own = row.Fields[name];
            var says = row.Fields[label].ToLowerInvariant();
            if (!Labels.Contains(says))
                throw new InvalidDataException(
                    $"{path}: row {row.Number}: the grade of {own} is '{row.Fields[label]}'; expected is {string.Join(" or ", Labels)}"
                );
            if (!files.TryGetValue(own.ToLowerInvariant(), out var image))
            {
                missing.Add(own);
                continue;
            }
            var mask = files.GetValueOrDefault(own.ToLowerInvariant() + MaskEnding);
            rows.Add(
                new CohortRow(rows.Count + 2, folder.InCohort(image), says, row.Fields[patient])
                {
                    Mask = mask is null ? null : folder.InCohort(mask),
                    Further = ["0.62", SetOf(own), grade < 0 ? "" : row.Fields[grade]],
                }
            );
        }
        if (rows.Count == 0)
            throw folder.Without(Wanted);
        var listed = table.Rows.Select(r => r.Fields[name].ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        return new CollectionRows(rows, ["mpp", "set", "grade"])
        {
            Counts = Counts(rows),
            Notes =
            [
                .. CollectionFolder.Told(missing, "images of Grade.csv are not here"),
                .. CollectionFolder.Told(
                    [.. files.Where(f => !listed.Contains(f.Key.Replace(MaskEnding, ""))).Select(f => f.Value)],
                    "images are not in Grade.csv and were left out"
                ),
                .. CollectionFolder.Told(
                    [.. rows.Where(r => r.Mask is null).Select(r => r.Image)],
                    "images have no mask"
                ),
                .. SharedPatients(rows),
            ],
        };
    }

    /// <summary>The published sets divide images: what trains on one and tests on another tests on patients it has seen.</summary>
    private static IEnumerable<string> SharedPatients(List<CohortRow> rows)
    {
        string[] shared =
        [
            .. rows.GroupBy(r => r.Patient)
                .Where(g => g.Select(r => r.Further[1] == "train").Distinct().Count() > 1)
                .Select(g => g.Key),
        ];
        return CollectionFolder.Told(
            shared,
            "patients have images in the published training set and in a test set (column set); splits drawn here keep patients apart"
        );
    }

    private static PublishedCount[] Counts(List<CohortRow> rows)
    {
        PublishedCount Of(string set, string label, int published) =>
            new($"{set}, {label}", rows.Count(r => r.Further[1] == set && r.Label == label), published);
        return
        [
            new("images", rows.Count, 165),
            Of("train", "benign", 37),
            Of("train", "malignant", 48),
            Of("testA", "benign", 33),
            Of("testA", "malignant", 27),
            Of("testB", "benign", 4),
            Of("testB", "malignant", 16),
        ];
    }

    private static string SetOf(string name) => name.IndexOf('_') is > 0 and var at ? name[..at] : "";
}
