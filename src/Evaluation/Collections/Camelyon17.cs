using System.Globalization;
using System.Text.RegularExpressions;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;

namespace Coverslip.Evaluation.Collections;

/// <summary>
/// CAMELYON17's training part (Bandi et al. 2019; Litjens et al. 2018): five lymph nodes of each of 100 patients in five
/// hospitals, known by their names, <c>patient_000_node_0.tif</c>. The challenge keeps the labels of its test patients.
/// </summary>
internal sealed partial class Camelyon17 : Collection
{
    private const int PatientsPerCenter = 20;
    private static readonly string[] Nodes = ["negative", "itc", "micro", "macro"];

    public override string Layout => "camelyon17";

    public override string Title => "CAMELYON17, training (Bandi et al. 2019)";

    private protected override string Wanted =>
        "patient_000_node_0.tif …, stage_labels.csv, their XML or lesion_annotations.zip";

    private protected override CollectionRows Read(CollectionFolder folder)
    {
        var path = folder.NeedTable("what nodes hold", "stage_labels.csv", "stages.csv");
        var (nodes, stages) = Labels(path);
        var slides = folder.ByName(SlideIn);
        var annotations = new CamelyonAnnotations(folder);
        var found = slides.Where(s => nodes.ContainsKey(s.Key)).OrderBy(s => s.Key, StringComparer.Ordinal).ToList();
        if (found.Count == 0)
            throw folder.Without(Wanted);
        var outlines = found.ToDictionary(s => s.Key, s => annotations.Of(s.Key), StringComparer.Ordinal);
        // As Takahama et al. 2019 divide them: patients with an outlined slide train, the others are judged.
        var outlined = outlines.Where(o => o.Value.Length > 0).Select(o => PatientOf(o.Key)).ToHashSet();
        var rows = found.Select(
            (slide, i) =>
                new CohortRow(
                    i + 2,
                    folder.InCohort(slide.Value),
                    nodes[slide.Key] == Nodes[0] ? "normal" : "tumor",
                    PatientOf(slide.Key)
                )
                {
                    Group = CenterOf(slide.Key),
                    Further =
                    [
                        outlines[slide.Key],
                        nodes[slide.Key],
                        stages.GetValueOrDefault(PatientOf(slide.Key), ""),
                        outlined.Contains(PatientOf(slide.Key)) ? "train" : "test",
                    ],
                }
        );
        var told = rows.ToList();
        return new CollectionRows(told, ["annotation", "node", "stage", "side"])
        {
            Packed = annotations.Taken,
            Counts =
            [
                new("slides", told.Count, 500),
                new("patients", told.DistinctBy(r => r.Patient).Count(), 100),
                new("slides with outlines", outlines.Values.Count(o => o.Length > 0), 50),
            ],
            Notes =
            [
                .. CollectionFolder.Told(
                    [.. slides.Where(s => !nodes.ContainsKey(s.Key)).Select(s => s.Value)],
                    $"slides were left out, which {Path.GetFileName(path)} does not list: the challenge keeps the labels of its test patients"
                ),
                .. CollectionFolder.Told(
                    [.. folder.Files.Where(f => PatientArchive().IsMatch(CollectionFolder.NameOf(f)))],
                    "archives of patients are not unpacked, and their slides left out"
                ),
                .. CollectionFolder.Told(
                    [.. told.Where(r => r.Label == "tumor" && r.Further[0].Length == 0).Select(r => r.Image)],
                    "slides with tumor have no outlines, most of them as published; train with patches.tumor_without_annotation: no-label"
                ),
            ],
        };
    }

    /// <summary>Nodes by slide and stages by patient: rows <c>patient_000.zip,pN0</c> and <c>patient_000_node_0.tif,negative</c>.</summary>
    private static (Dictionary<string, string> Nodes, Dictionary<string, string> Stages) Labels(string path)
    {
        var (nodes, stages) = (
            new Dictionary<string, string>(StringComparer.Ordinal),
            new Dictionary<string, string>(StringComparer.Ordinal)
        );
        foreach (var row in CsvTable.ReadRows(path))
        {
            var (name, says) = (row.Fields[0].ToLowerInvariant(), row.Fields.ElementAtOrDefault(1) ?? "");
            var stem = Path.GetFileNameWithoutExtension(name);
            if (name.EndsWith(".zip", StringComparison.Ordinal))
                stages[stem] = says;
            else if (!SlideName().IsMatch(stem))
                continue; // the header
            else if (!Nodes.Contains(says.ToLowerInvariant()))
                throw new InvalidDataException(
                    $"{path}: row {row.Number}: {row.Fields[0]} is '{says}'; expected is one of {string.Join(", ", Nodes)}"
                );
            else
                nodes[stem] = says.ToLowerInvariant();
        }
        return (nodes, stages);
    }

    private static string? SlideIn(string file) =>
        file.EndsWith(".tif", StringComparison.OrdinalIgnoreCase)
        && !CollectionFolder.LiesIn(file, "mask")
        && SlideName().IsMatch(CollectionFolder.StemOf(file))
            ? CollectionFolder.StemOf(file)
            : null;

    private static string PatientOf(string slide) => slide[.."patient_000".Length];

    /// <summary>Hospitals have twenty patients each, in order.</summary>
    private static string CenterOf(string slide) =>
        $"center_{int.Parse(slide.AsSpan("patient_".Length, 3), CultureInfo.InvariantCulture) / PatientsPerCenter}";

    [GeneratedRegex("^patient_[0-9]{3}_node_[0-9]$", RegexOptions.IgnoreCase)]
    private static partial Regex SlideName();

    [GeneratedRegex("^patient_[0-9]{3}[.]zip$", RegexOptions.IgnoreCase)]
    private static partial Regex PatientArchive();
}
