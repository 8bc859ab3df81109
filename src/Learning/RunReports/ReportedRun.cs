using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Runs;
using Coverslip.Slides.Formats;

namespace Coverslip.Learning.RunReports;

/// <summary>A finished part with its figures.</summary>
/// <param name="Part">The part.</param>
/// <param name="Tested">What the model says of its test images.</param>
/// <param name="Evaluation">How good that is.</param>
public sealed record ReportedPart(FinishedPart Part, Predictions Tested, ClassificationEvaluation Evaluation)
{
    /// <summary>Where its files are.</summary>
    public string Folder => Part.Folder;

    /// <summary>What run.json says.</summary>
    public RunDescription Description => Part.Description;

    /// <summary>part 1, part 2 and so on.</summary>
    public string Name => Part.Name;

    /// <summary>
    /// Whether there were validation patients. Runs on slides validate on drawn patches or maps, which have no file: then
    /// the figures of an epoch say so, of whichever stage.
    /// </summary>
    internal bool Validated =>
        File.Exists(Path.Combine(Folder, "validation.csv"))
        || (
            RunFigures.Read(Folder) is not null
            && Directory
                .EnumerateFiles(Folder, Path.GetFileName(Part.Metrics), SearchOption.AllDirectories)
                .Any(metrics => EpochTable.Read(metrics)["validation_loss"] is not null)
        );
}

/// <summary>A run that names a class for each image, with its figures.</summary>
public sealed record ReportedRun
{
    private ReportedRun(FinishedRun run) => Run = run;

    /// <summary>As its folder holds it.</summary>
    public FinishedRun Run { get; }

    /// <summary>The cohort that was trained on.</summary>
    public Cohort Cohort => Run.Cohort;

    /// <summary>The finished parts, at least one.</summary>
    public required IReadOnlyList<ReportedPart> Parts { get; init; }

    /// <summary>The test images of all parts; an image that several parts tested stands in it several times.</summary>
    public required Predictions Tested { get; init; }

    /// <summary>The figures of <see cref="Tested"/>; without intervals if <see cref="Repeated"/>.</summary>
    public required ClassificationEvaluation Whole { get; init; }

    /// <summary>
    /// Whether the parts are to be judged each for itself: their test patients overlap, or not all of them are trained.
    /// Otherwise every image was tested once, by one model or in cross-validation.
    /// </summary>
    public required bool Repeated { get; init; }

    /// <summary>What was judged: slide, where all are whole slides, else image.</summary>
    public required string Thing { get; init; }

    internal RunDescription First => Parts[0].Description;

    /// <summary>Images without any valid area, in the part whose thresholds leave the most so.</summary>
    internal int MostEmptyMasks => Parts.Max(p => p.Description.EmptyMasks);

    /// <summary>Share of the most frequent class, which always naming it would reach.</summary>
    internal double MajorityShare => (double)Whole.Confusion.Max(row => row.Sum()) / Whole.Images;

    internal string MajorityClass => Whole.Classes[Whole.Confusion.Index().MaxBy(row => row.Item.Sum()).Index];

    /// <exception cref="InvalidDataException">Predictions that are missing or do not fit the cohort.</exception>
    internal static ReportedRun Of(FinishedRun run)
    {
        ReportedPart[] parts = [.. run.Parts.Where(p => File.Exists(p.Predictions)).Select(p => Judged(p, run.Cohort))];
        if (parts.Length == 0)
            throw new InvalidDataException($"{run.Folder}: no finished part has a predictions.csv");
        var pooled = TestedSets.Pooled(run);
        var repeated = parts.Length > 1 && pooled is null;
        var tested =
            parts.Length == 1 ? parts[0].Tested
            : repeated ? new Predictions(parts[0].Tested.Classes, [.. parts.SelectMany(p => p.Tested.Rows)])
            : TestedSets.Read(pooled!, run.Cohort);
        var judged = tested.Rows.Select(r => r.Image).ToHashSet();
        var images = run.Cohort.Rows.Where(r => judged.Contains(r.Image));
        return new ReportedRun(run)
        {
            Parts = parts,
            Tested = tested,
            Whole = parts.Length == 1 ? parts[0].Evaluation : Judge(tested, parts[0].Description, repeated ? 0 : 2000),
            Repeated = repeated,
            Thing = images.All(r => SlideFile.IsSlide(run.Cohort.ImagePath(r))) ? "slide" : "image",
        };
    }

    private static ReportedPart Judged(FinishedPart part, Cohort cohort)
    {
        var tested = TestedSets.Read(part.Predictions, cohort);
        return new ReportedPart(part, tested, Judge(tested, part.Description, 2000));
    }

    private static ClassificationEvaluation Judge(Predictions tested, RunDescription description, int draws) =>
        ClassificationEvaluation.Of(
            tested,
            new EvaluationOptions
            {
                Positive = tested.Classes.Count == 2 ? description.Positive : null,
                Bootstrap = draws,
            }
        );
}
