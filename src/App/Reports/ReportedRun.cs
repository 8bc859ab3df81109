using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Runs;
using Coverslip.Slides.Formats;

namespace Coverslip.App.Reports;

/// <summary>A trained part of a run.</summary>
/// <param name="Folder">Where its files are.</param>
/// <param name="Description">What run.json says.</param>
/// <param name="Tested">What the model says of its test images.</param>
/// <param name="Evaluation">How good that is.</param>
internal sealed record ReportedPart(
    string Folder,
    RunDescription Description,
    Predictions Tested,
    ClassificationEvaluation Evaluation
)
{
    public string Name => $"part {Description.Part}";

    /// <summary>Whether there were validation patients. Runs on slides validate on drawn patches, which have no file.</summary>
    public bool Validated =>
        File.Exists(Path.Combine(Folder, "validation.csv"))
        || (
            File.Exists(Metrics)
            && RunFigures.Read(Folder) is not null
            && EpochTable.Read(Metrics)["validation_loss"] is not null
        );

    public string Metrics => Path.Combine(Folder, "metrics.csv");

    public string Selection => Path.Combine(Folder, "selection.csv");
}

/// <summary>A run as its folder holds it, with its figures.</summary>
internal sealed record ReportedRun
{
    public required string Folder { get; init; }

    public required Cohort Cohort { get; init; }

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

    public RunDescription First => Parts[0].Description;

    /// <summary>Share of the most frequent class, which always naming it would reach.</summary>
    public double MajorityShare => (double)Whole.Confusion.Max(row => row.Sum()) / Whole.Images;

    public string MajorityClass => Whole.Classes[Whole.Confusion.Index().MaxBy(row => row.Item.Sum()).Index];

    /// <summary>The text of a file of the run; null if it has none.</summary>
    public string? Text(string name) =>
        new[] { Folder, Parts[0].Folder }.Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists) is { } path
            ? File.ReadAllText(path)
            : null;

    /// <exception cref="InvalidDataException">No finished part, or predictions that do not fit the cohort.</exception>
    public static ReportedRun Read(string folder, Cohort cohort)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{folder}: no such run folder");
        string[] candidates = [folder, .. Directory.GetDirectories(folder, "part-*")];
        var parts = candidates
            .Where(c => File.Exists(Path.Combine(c, "run.json")) && File.Exists(Path.Combine(c, "predictions.csv")))
            .Select(c => ReadPart(c, cohort))
            .OrderBy(p => p.Description.Part)
            .ToArray();
        if (parts.Length == 0)
        {
            throw new InvalidDataException(
                $"{folder} holds no finished part (none with run.json and predictions.csv); "
                    + "finish the training with 'coverslip train … --resume' first"
            );
        }
        var pooled = Path.Combine(folder, "predictions.csv");
        var repeated = parts.Length > 1 && !File.Exists(pooled);
        var tested =
            parts.Length == 1 ? parts[0].Tested
            : repeated ? new Predictions(parts[0].Tested.Classes, [.. parts.SelectMany(p => p.Tested.Rows)])
            : Load(pooled, cohort);
        var judged = tested.Rows.Select(r => r.Image).ToHashSet();
        return new ReportedRun
        {
            Folder = folder,
            Cohort = cohort,
            Parts = parts,
            Tested = tested,
            Whole = parts.Length == 1 ? parts[0].Evaluation : Judge(tested, parts[0].Description, repeated ? 0 : 2000),
            Repeated = repeated,
            Thing = cohort.Rows.Where(r => judged.Contains(r.Image)).All(r => SlideFile.IsSlide(cohort.ImagePath(r)))
                ? "slide"
                : "image",
        };
    }

    private static ReportedPart ReadPart(string folder, Cohort cohort)
    {
        var description = RunDescription.Read(Path.Combine(folder, "run.json"));
        var tested = Load(Path.Combine(folder, "predictions.csv"), cohort);
        return new ReportedPart(folder, description, tested, Judge(tested, description, 2000));
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

    private static Predictions Load(string path, Cohort cohort)
    {
        var read = Predictions.Read(path);
        try
        {
            return read.Within(cohort);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }
}
