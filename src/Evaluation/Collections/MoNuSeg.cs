using System.Text.RegularExpressions;
using Coverslip.Evaluation.Cohorts;

namespace Coverslip.Evaluation.Collections;

/// <summary>
/// MoNuSeg (Kumar et al. 2017, 2020): H&amp;E images of TCGA with every nucleus outlined, in Aperio's XML. A TCGA barcode begins
/// with its patient: <c>TCGA-18-5592-01Z-00-DX1</c> is of <c>TCGA-18-5592</c>.
/// </summary>
internal sealed partial class MoNuSeg : Collection
{
    public override string Layout => "monuseg";

    public override string Title => "MoNuSeg (Kumar et al. 2017)";

    private protected override string Wanted =>
        "MoNuSeg 2018 Training Data/Tissue Images/TCGA-….tif and Annotations/TCGA-….xml, MoNuSegTestData/";

    private protected override CollectionRows Read(CollectionFolder folder)
    {
        var images = folder.ByName(f =>
            FolderLayout.IsImage(f) && !CollectionFolder.LiesIn(f, "mask") ? BarcodeIn(f) : null
        );
        var outlines = folder.ByName(f => f.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) ? BarcodeIn(f) : null);
        if (images.Count == 0)
            throw folder.Without(Wanted);
        var rows = new List<CohortRow>();
        var masks = new List<OutlinedMask>();
        foreach (var (name, file) in images.OrderBy(i => i.Key, StringComparer.Ordinal))
        {
            var stem = CollectionFolder.StemOf(file);
            var mask = outlines.ContainsKey(name) ? $"masks/{stem}.png" : null;
            if (mask is not null)
                masks.Add(new OutlinedMask(mask, folder.Full(outlines[name]), folder.Full(file)));
            rows.Add(
                new CohortRow(rows.Count + 2, folder.InCohort(file), "nuclei", Patient().Match(stem).Value)
                {
                    Mask = mask,
                    Further = [SideOf(file)],
                }
            );
        }
        return new CollectionRows(rows, ["side"])
        {
            Outlined = masks,
            Counts =
            [
                new("training", rows.Count(r => r.Further[0] == "train"), 37),
                new("test", rows.Count(r => r.Further[0] == "test"), 14),
            ],
            Notes =
            [
                .. CollectionFolder.Told(
                    [.. rows.Where(r => r.Further[0].Length == 0).Select(r => r.Image)],
                    "images lie in folders that say neither training nor test (column side is empty)"
                ),
                .. CollectionFolder.Told(
                    [.. rows.Where(r => r.Mask is null).Select(r => r.Image)],
                    "images have no XML of their name, and so no mask"
                ),
            ],
        };
    }

    private static string SideOf(string file) =>
        CollectionFolder.LiesIn(file, "test") ? "test"
        : CollectionFolder.LiesIn(file, "train") ? "train"
        : "";

    private static string? BarcodeIn(string file) =>
        Patient().IsMatch(CollectionFolder.StemOf(file)) ? CollectionFolder.StemOf(file) : null;

    [GeneratedRegex("^TCGA-[A-Z0-9]{2}-[A-Z0-9]{4}(?=-|$)")]
    private static partial Regex Patient();
}
