using System.Text.RegularExpressions;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;

namespace Coverslip.Evaluation.Collections;

/// <summary>
/// CAMELYON16 (Ehteshami Bejnordi et al. 2017; Litjens et al. 2018): lymph nodes with and without metastases, one slide of each
/// patient. Slides are known by their names, <c>normal_001.tif</c>, <c>tumor_001.tif</c>, <c>test_001.tif</c>, in whichever folders.
/// </summary>
internal sealed partial class Camelyon16 : Collection
{
    // Of these not every metastasis is outlined (the collection's own notes), so that what lies beside outlines may be tumor.
    private static readonly HashSet<string> Partly =
    [
        .. new[] { 10, 15, 18, 20, 25, 29, 33, 34, 44, 46, 51, 54, 55, 56, 67, 79, 85, 92, 95, 110 }.Select(n =>
            $"tumor_{n:000}"
        ),
        "test_114",
    ];

    private static readonly (string Slide, string Why)[] Withdrawn =
    [
        ("normal_086", "it holds a metastasis, and was published again as tumor_111"),
        ("test_049", "it was withdrawn as a duplicate"),
    ];

    public override string Layout => "camelyon16";

    public override string Title => "CAMELYON16 (Ehteshami Bejnordi et al. 2017)";

    private protected override string Wanted =>
        "normal_001.tif, tumor_001.tif, test_001.tif …, their XML or lesion_annotations.zip, reference.csv";

    private protected override CollectionRows Read(CollectionFolder folder)
    {
        var slides = folder.ByName(SlideIn);
        var annotations = new CamelyonAnnotations(folder);
        var reference = folder.Table("reference.csv", "GT.csv") is { } table ? Reference(table) : [];
        var rows = new List<CohortRow>();
        var (untold, unannotated, partly, withdrawn) = (
            new List<string>(),
            new List<string>(),
            new List<string>(),
            new List<string>()
        );
        foreach (var (name, file) in slides.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            var isTest = name.StartsWith("test", StringComparison.Ordinal);
            var label = isTest ? reference.GetValueOrDefault(name) : name[..name.IndexOf('_')];
            if (Array.Find(Withdrawn, w => w.Slide == name) is { Slide: not null } old)
                withdrawn.Add($"{name} was left out: {old.Why}");
            else if (label is null)
                untold.Add(file);
            else
            {
                var outlines = annotations.Of(name);
                if (label == "tumor" && outlines.Length == 0)
                    unannotated.Add(file);
                if (Partly.Contains(name))
                    partly.Add(name);
                rows.Add(
                    new CohortRow(rows.Count + 2, folder.InCohort(file), label, name)
                    {
                        Further = [outlines, isTest ? "test" : "train", Partly.Contains(name) ? "no" : ""],
                    }
                );
            }
        }
        if (rows.Count == 0 && untold.Count == 0)
            throw folder.Without(Wanted);
        if (rows.Count == 0)
            throw new InvalidDataException(
                $"{folder.Path}: {untold.Count} test slides and no reference.csv, which says what they show; it belongs to the download"
            );
        return new CollectionRows(rows, ["annotation", "side", "exhaustive"])
        {
            Packed = annotations.Taken,
            Counts = Counts(rows),
            Notes =
            [
                .. withdrawn,
                .. CollectionFolder.Told(
                    untold,
                    "test slides were left out, of which no reference.csv says what they show"
                ),
                .. CollectionFolder.Told(
                    unannotated,
                    "slides with tumor have no outlines here; train without them, or with patches.tumor_without_annotation: no-label"
                ),
                .. CollectionFolder.Told(
                    partly,
                    "slides have outlines of some metastases only (column exhaustive: no): what lies beside is not taught as normal tissue"
                ),
            ],
        };
    }

    private static PublishedCount[] Counts(List<CohortRow> rows)
    {
        int Of(string label, string side) => rows.Count(r => r.Label == label && r.Further[1] == side);
        return
        [
            new("training, normal", Of("normal", "train"), 159),
            new("training, tumor", Of("tumor", "train"), 111),
            new("test", rows.Count(r => r.Further[1] == "test"), 129),
        ];
    }

    /// <summary>A slide's name; null of masks and of everything else.</summary>
    private static string? SlideIn(string file) =>
        file.EndsWith(".tif", StringComparison.OrdinalIgnoreCase)
        && !CollectionFolder.LiesIn(file, "mask")
        && !CollectionFolder.LiesIn(file, "evaluation")
        && !CollectionFolder.LiesIn(file, "ground_truth")
        && SlideName().IsMatch(CollectionFolder.StemOf(file))
            ? CollectionFolder.StemOf(file)
            : null;

    /// <summary>Test slides and their labels: <c>test_001,Tumor,IDC,Macro</c>, with or without header and <c>.tif</c>.</summary>
    private static Dictionary<string, string> Reference(string path)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in CsvTable.ReadRows(path))
        {
            var name = Path.GetFileNameWithoutExtension(row.Fields[0]).ToLowerInvariant();
            if (!SlideName().IsMatch(name))
                continue; // the header
            labels[name] = (row.Fields.ElementAtOrDefault(1) ?? "").ToLowerInvariant() switch
            {
                "tumor" or "tumour" or "positive" => "tumor",
                "normal" or "negative" => "normal",
                var other => throw new InvalidDataException(
                    $"{path}: row {row.Number}: {row.Fields[0]} is '{other}'; expected is Tumor or Normal"
                ),
            };
        }
        return labels;
    }

    [GeneratedRegex("^(normal|tumor|test)_[0-9]{3}$", RegexOptions.IgnoreCase)]
    private static partial Regex SlideName();
}
