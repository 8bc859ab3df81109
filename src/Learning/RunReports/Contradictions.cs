using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Learning.Models;
using Coverslip.Learning.Reports;
using Coverslip.Slides.Formats;

namespace Coverslip.Learning.RunReports;

/// <summary>
/// <c>contradicted.csv</c> of a run: images whose label is contradicted by what parts say that did not learn from them, of
/// every method that names classes or findings of whole images. Test images count with the mean of the parts that tested
/// them, validation images of no part's test, which chose an epoch or a threshold, with that of the parts they validated.
/// </summary>
public sealed class Contradictions
{
    /// <summary>In the folder of a run.</summary>
    public const string FileName = "contradicted.csv";

    private static readonly string[] Columns =
    [
        "image",
        "patient",
        "label",
        "says",
        "p_of_label",
        "p_of_said",
        "mean_p_of_said",
        "margin",
        "judged_by",
        "label_from",
    ];

    private readonly FinishedRun run;
    private readonly HashSet<string> tested;

    private readonly IReadOnlyDictionary<string, string> taught;

    private Contradictions(FinishedRun run, Predictions judged, HashSet<string> tested)
    {
        (this.run, this.tested) = (run, tested);
        taught = TaughtLabels.Read(run.Folder);
        // What was taught on purpose is what there is to contradict.
        var told = judged.Rows.Select(r => r with { Label = taught.GetValueOrDefault(r.Image, r.Label) });
        Judged = judged.Rows.Count;
        var (images, patients) = (
            judged.Rows.Select(r => r.Image).ToHashSet(StringComparer.Ordinal),
            judged.Rows.Select(r => r.Patient).ToHashSet(StringComparer.Ordinal)
        );
        // By patients: a row may be a bag of many images.
        Unjudged = run.Cohort.Rows.Count(r => !patients.Contains(r.Patient));
        Thing = run
            .Cohort.Rows.Where(r => images.Contains(r.Image))
            .All(r => SlideFile.IsSlide(run.Cohort.ImagePath(r)))
            ? "slide"
            : "image";
        Found = ContradictedLabels.Of(judged with { Rows = [.. told] });
    }

    /// <summary>Images that were mislabeled on purpose, and how many of them are among <see cref="Found"/>.</summary>
    public (int All, int Found) Mislabeled => (taught.Count, Found.Count(c => taught.ContainsKey(c.Row.Image)));

    /// <summary>The strongest first.</summary>
    public IReadOnlyList<ContradictedLabel> Found { get; }

    /// <summary>Images that some part judged without having learned from them.</summary>
    public int Judged { get; }

    /// <summary>Images of patients of whom no part judged any without having learned from them.</summary>
    public int Unjudged { get; }

    /// <summary>What was judged: slide, where all are whole slides, else image.</summary>
    public string Thing { get; }

    /// <summary>The count, where to look, and what was not asked, for the terminal.</summary>
    public string Line =>
        (
            Found.Count == 0
                ? $"no label of {Judged} {Thing}s is contradicted by models that had not seen them"
                : $"{FigureText.Count(Found.Count, "label")} of {Found.DistinctBy(f => f.Row.Image).Count()} of {Judged} {Thing}s contradicted by models that had not seen them, first {Found[0].Row.Image}: {FileName}"
        )
        + (Unjudged > 0 ? $"; {Unjudged} {Thing}s were judged by no part that had not learned from them" : "")
        + (
            taught.Count > 0
                ? $"; among them {Mislabeled.Found} of the {taught.Count} that were mislabeled on purpose"
                : ""
        );

    /// <summary>Of a run's finished parts; null of a method that says nothing of whole images, or gives no probabilities.</summary>
    /// <exception cref="InvalidDataException">A damaged file.</exception>
    public static Contradictions? Of(FinishedRun run)
    {
        var tests = Read(run, part => part.Predictions);
        if (tests.Count == 0 || run.Parts[0].Description.ImageWise)
            return null;
        var (classes, multi) = (tests[0].Classes, tests[0].MultiLabel);
        if (classes.Count == 0 || tests.Any(t => !t.Classes.SequenceEqual(classes)))
            return null;
        var tested = tests.SelectMany(t => t.Rows).Select(r => r.Image).ToHashSet(StringComparer.Ordinal);
        var validated = Read(run, part => Path.Combine(part.Folder, "validation.csv"))
            .Where(v => v.Classes.SequenceEqual(classes))
            .SelectMany(v => v.Rows)
            .Where(r => !tested.Contains(r.Image));
        var rows = tests.SelectMany(t => t.Rows).Concat(validated).GroupBy(r => r.Image).Select(Mean).ToArray();
        return new Contradictions(run, new Predictions(classes, rows) { MultiLabel = multi }, tested);
    }

    /// <summary>Writes the table into the run's folder, whole or not at all.</summary>
    public void Write() =>
        CsvTable.Write(
            Path.Combine(run.Folder, FileName),
            Columns,
            Found.Select(c =>
                (string[])
                    [
                        c.Row.Image,
                        c.Row.Patient,
                        c.Label,
                        c.Says,
                        .. new double?[] { c.OfLabel, c.OfSaid, c.Bound, c.Margin }.Select(CsvTable.Text),
                        JudgedBy(c.Row.Image),
                        LabelFrom(c.Row.Image),
                    ]
            )
        );

    /// <summary>test or validation: what the image was to the parts that judge it.</summary>
    internal string JudgedBy(string image) => tested.Contains(image) ? "test" : "validation";

    /// <summary>Where someone has to look who wants to correct a label: the cohort's row, and the slide's outlines.</summary>
    internal string LabelFrom(string image)
    {
        if (run.Cohort.Rows.FirstOrDefault(r => r.Image == image) is not { } row)
            return run.Cohort.Path;
        if (taught.ContainsKey(image))
            return $"{TaughtLabels.FileName}: in {Path.GetFileName(run.Cohort.Path)} row {row.Number} it is {row.Label}";
        var outlines = run.Cohort.Further(row, "annotation");
        return $"{Path.GetFileName(run.Cohort.Path)} row {row.Number}"
            + (string.IsNullOrEmpty(outlines) ? "" : $", {outlines}");
    }

    private static List<Predictions> Read(FinishedRun run, Func<FinishedPart, string> of) =>
        [.. run.Parts.Select(of).Where(File.Exists).Select(Predictions.Read)];

    /// <summary>Several parts' words of one image as one.</summary>
    private static Prediction Mean(IGrouping<string, Prediction> said)
    {
        var all = said.ToArray();
        return all[0] with
        {
            Probabilities = [.. all[0].Probabilities.Select((_, c) => all.Average(r => r.Probabilities[c]))],
        };
    }
}
