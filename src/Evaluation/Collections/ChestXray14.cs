using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;

namespace Coverslip.Evaluation.Collections;

/// <summary>
/// NIH's ChestX-ray14 (Wang et al. 2017, "ChestX-ray8"): radiographs with any of 14 findings, as <c>Data_Entry_2017.csv</c>
/// lists them with <c>|</c> between, and boxes of some. Also its sample of 5,606 radiographs.
/// </summary>
internal sealed class ChestXray14 : Collection
{
    private const string NoFinding = "No Finding";
    private const int PublishedBoxes = 984;

    // As counted in Data_Entry_2017.csv; the paper's own table was of an earlier extraction.
    private static readonly (string Finding, int Images)[] Published =
    [
        ("Atelectasis", 11_559),
        ("Cardiomegaly", 2_776),
        ("Consolidation", 4_667),
        ("Edema", 2_303),
        ("Effusion", 13_317),
        ("Emphysema", 2_516),
        ("Fibrosis", 1_686),
        ("Hernia", 227),
        ("Infiltration", 19_894),
        ("Mass", 5_782),
        ("Nodule", 6_331),
        ("Pleural_Thickening", 3_385),
        ("Pneumonia", 1_431),
        ("Pneumothorax", 5_302),
    ];

    public override string Layout => "nih";

    public override string Title => "ChestX-ray14 (Wang et al. 2017)";

    private protected override string Wanted =>
        "Data_Entry_2017.csv, BBox_List_2017.csv, images/ or images_001/images/ …";

    private protected override CollectionRows Read(CollectionFolder folder)
    {
        var path = folder.NeedTable(
            "what radiographs show and whose they are",
            "Data_Entry_2017_v2020.csv",
            "Data_Entry_2017.csv",
            "sample_labels.csv"
        );
        var table = CsvTable.Read(path);
        var (image, labels, patient) = (
            table.Require("Image Index"),
            table.Require("Finding Labels"),
            table.Require("Patient ID")
        );
        var sides = Sides(folder);
        (string Column, int At)[] further =
        [
            .. new[]
            {
                ("view", table.IndexOf("View Position")),
                ("age", table.IndexOf("Patient Age")),
                ("sex", Math.Max(table.IndexOf("Patient Gender"), table.IndexOf("Patient Sex"))),
            }.Where(c => c.Item2 >= 0),
        ];
        var files = folder.ByName(f => FolderLayout.IsImage(f) ? CollectionFolder.NameOf(f) : null);
        var rows = new List<CohortRow>();
        var missing = new List<string>();
        foreach (var row in table.Rows)
        {
            var name = row.Fields[image];
            if (!files.Remove(name.ToLowerInvariant(), out var file))
            {
                missing.Add(name);
                continue;
            }
            var findings = Findings(row.Fields[labels], $"{path}: row {row.Number}");
            var own = further.Select(c => row.Fields[c.At]);
            if (sides.Count > 0)
                own = own.Append(sides.GetValueOrDefault(name, ""));
            rows.Add(
                new CohortRow(rows.Count + 2, folder.InCohort(file), CohortFile.Join(findings), row.Fields[patient])
                {
                    Findings = findings,
                    Further = [.. own],
                }
            );
        }
        if (rows.Count == 0)
            throw folder.Without($"the names in {Path.GetFileName(path)}, such as {missing.FirstOrDefault()}");
        var (boxes, boxNotes) = Boxes(folder, rows);
        string[] columns = [.. further.Select(c => c.Column)];
        return new CollectionRows(rows, sides.Count > 0 ? [.. columns, "side"] : columns)
        {
            Counts = Counts(rows, boxes),
            Boxes = boxes,
            Notes =
            [
                .. CollectionFolder.Told(missing, $"radiographs of {Path.GetFileName(path)} are not here"),
                .. CollectionFolder.Told(files.Values, $"images are not in {Path.GetFileName(path)} and were left out"),
                .. boxNotes,
            ],
        };
    }

    /// <summary>Findings between <c>|</c>; none of a radiograph without any.</summary>
    private static string[] Findings(string text, string place)
    {
        string[] named = [.. text.Split('|', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal)];
        if (named is [NoFinding])
            return [];
        if (named.FirstOrDefault(f => Published.All(p => p.Finding != f)) is { } unknown)
            throw new InvalidDataException(
                unknown == NoFinding
                    ? $"{place}: 'Finding Labels' is '{text}', both nothing and something; correct it, or take the row out"
                    : $"{place}: the finding '{unknown}' is none of {string.Join(", ", Published.Select(p => p.Finding))}, nor '{NoFinding}'"
            );
        return named;
    }

    /// <summary>The published division, where its two lists are there.</summary>
    private static Dictionary<string, string> Sides(CollectionFolder folder)
    {
        var sides = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (list, side) in new[] { ("train_val_list.txt", "train"), ("test_list.txt", "test") })
            if (folder.Table(list) is { } path)
                foreach (var name in TextFile.Read(path).Split('\n', StringSplitOptions.TrimEntries))
                    if (name.Length > 0 && !sides.TryAdd(name, side) && sides[name] != side)
                        throw new InvalidDataException($"{path}: {name} stands in the list of {sides[name]}, too");
        return sides;
    }

    private static (IReadOnlyList<FindingBox> Boxes, IEnumerable<string> Notes) Boxes(
        CollectionFolder folder,
        List<CohortRow> rows
    )
    {
        if (folder.Table("BBox_List_2017.csv") is not { } path)
            return ([], ["no BBox_List_2017.csv: no boxes"]);
        var known = rows.ToDictionary(r => CollectionFolder.NameOf(r.Image), StringComparer.OrdinalIgnoreCase);
        var boxes = new List<FindingBox>();
        var (elsewhere, unsaid) = (new List<string>(), new List<string>());
        // The header is "Image Index,Finding Label,Bbox [x,y,w,h],,,": its fields are known by their place.
        foreach (var row in CsvTable.ReadRows(path).Skip(1))
        {
            var finding = row.Fields.ElementAtOrDefault(1) is "Infiltrate"
                ? "Infiltration"
                : row.Fields.ElementAtOrDefault(1);
            double[] sides = [.. row.Fields.Skip(2).Take(4).Select(Number)];
            if (sides.Length < 4 || sides.Any(s => !double.IsFinite(s)))
                throw new InvalidDataException(
                    $"{path}: row {row.Number}: '{string.Join(',', row.Fields)}'; expected are image, finding, x, y, width, height"
                );
            if (Published.All(p => p.Finding != finding))
                throw new InvalidDataException($"{path}: row {row.Number}: the finding '{finding}' is unknown");
            var name = row.Fields[0];
            if (!known.TryGetValue(name, out var image))
                elsewhere.Add(name);
            else if (!image.Shows(finding!))
                unsaid.Add($"{name} ({finding})");
            else
                boxes.Add(
                    new FindingBox(
                        row.Number,
                        image.Image,
                        finding!,
                        new BoxArea(sides[0], sides[1], sides[2], sides[3])
                    )
                );
        }
        return (
            boxes,
            [
                .. CollectionFolder.Told(elsewhere, "boxes are of radiographs that are not here"),
                .. CollectionFolder.Told(
                    unsaid,
                    "boxes are of findings that the radiograph's labels lack, and were left out"
                ),
            ]
        );
    }

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;

    private static PublishedCount[] Counts(List<CohortRow> rows, IReadOnlyList<FindingBox> boxes) =>
        [
            new("radiographs", rows.Count, 112_120),
            new("patients", rows.DistinctBy(r => r.Patient).Count(), 30_805),
            new(NoFinding, rows.Count(r => r.Findings is []), 60_361),
            .. Published.Select(p => new PublishedCount(p.Finding, rows.Count(r => r.Shows(p.Finding)), p.Images)),
            new("boxes", boxes.Count, PublishedBoxes),
        ];
}
