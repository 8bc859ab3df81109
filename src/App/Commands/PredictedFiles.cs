using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Runs;

namespace Coverslip.App.Commands;

/// <summary>Files that are predicted one by one, slides or images that are segmented, and what the run has seen of them.</summary>
internal sealed class PredictedFiles
{
    private readonly Cohort? cohort;

    private PredictedFiles(
        (string Path, TrainedModel Model) run,
        IReadOnlyList<string> paths,
        IReadOnlyList<SeenImage>? seen,
        Cohort? cohort = null
    )
    {
        Patients = cohort
            ?.Rows.DistinctBy(r => Path.GetFileNameWithoutExtension(r.Image))
            .ToDictionary(r => Path.GetFileNameWithoutExtension(r.Image), r => r.Patient, StringComparer.Ordinal);
        (Run, Paths) = (run, paths);
        this.cohort = cohort;
        Seen = ByPath(paths, seen);
        Notes = seen is null ? [SeenImage.Untold] : [.. SeenImage.Notes(seen, "files")];
        foreach (var note in Notes)
            Console.Error.WriteLine(note);
    }

    /// <summary>What predicts, and where it lies.</summary>
    internal (string Path, TrainedModel Model) Run { get; }

    internal TrainedModel Model => Run.Model;

    internal IReadOnlyList<string> Paths { get; }

    /// <summary>What the run has seen of each; null where it does not say.</summary>
    internal IReadOnlyDictionary<string, SeenImage>? Seen { get; }

    /// <summary>Whose each is, by name without extension; null where no cohort says.</summary>
    internal IReadOnlyDictionary<string, string>? Patients { get; }

    /// <summary>What was told of that.</summary>
    internal IReadOnlyList<string> Notes { get; }

    /// <summary>What was predicted so far, of runs that segment.</summary>
    internal List<SegmentedCase> Segmented { get; } = [];

    /// <summary>Files of patients that nobody knows.</summary>
    internal static PredictedFiles Of((string Path, TrainedModel Model) run, IReadOnlyList<string> paths) =>
        new(run, paths, run.Model.TrainedOn?.Seen(paths, PartsOf(run.Model)));

    /// <summary>The files of a cohort.</summary>
    internal static PredictedFiles Of((string Path, TrainedModel Model) run, Cohort cohort) =>
        new(
            run,
            [.. cohort.Rows.Select(cohort.ImagePath)],
            run.Model.TrainedOn?.Seen(cohort, PartsOf(run.Model)),
            cohort
        );

    /// <summary>The file of a name without extension.</summary>
    internal string PathOf(string name) =>
        Paths.First(p => string.Equals(Path.GetFileNameWithoutExtension(p), name, StringComparison.Ordinal));

    /// <summary>What another run has seen of the same files; null where it does not say.</summary>
    internal static IReadOnlyDictionary<string, SeenImage>? SeenBy(TrainedModel other, PredictedFiles files) =>
        ByPath(
            files.Paths,
            files.cohort is { } cohort
                ? other.TrainedOn?.Seen(cohort, PartsOf(other))
                : other.TrainedOn?.Seen(files.Paths, PartsOf(other))
        );

    /// <summary>A file that stands twice is told by who checks names.</summary>
    private static Dictionary<string, SeenImage>? ByPath(IReadOnlyList<string> paths, IReadOnlyList<SeenImage>? seen) =>
        seen is null
            ? null
            : paths
                .Zip(seen)
                .DistinctBy(s => s.First)
                .ToDictionary(s => s.First, s => s.Second, StringComparer.Ordinal);

    private static int[] PartsOf(TrainedModel model) => [.. model.Parts.Select(p => p.Part)];
}
