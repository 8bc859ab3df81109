using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.RunReports;

/// <summary>A trained part of a run.</summary>
/// <param name="Folder">Where its files are.</param>
/// <param name="Description">What run.json says.</param>
public sealed record FinishedPart(string Folder, RunDescription Description)
{
    /// <summary>part 1, part 2 and so on.</summary>
    public string Name => $"part {Description.Part}";

    /// <summary>Losses and figures by epoch; not every method has epochs.</summary>
    public string Metrics => Path.Combine(Folder, "metrics.csv");

    /// <summary>What the model says of its test images; not every method says something of whole images.</summary>
    public string Predictions => Path.Combine(Folder, "predictions.csv");
}

/// <summary>A run folder with its finished parts.</summary>
/// <param name="Folder">One part's files, or folders <c>part-1</c>, <c>part-2</c> and so on.</param>
/// <param name="Cohort">The cohort that was trained on, as the recipe takes it.</param>
public sealed record FinishedRun(string Folder, Cohort Cohort)
{
    /// <summary>In their order; at least one.</summary>
    public IReadOnlyList<FinishedPart> Parts { get; } = PartsOf(Folder);

    /// <summary>The mask file of an image, null where it has none; itself null for a run without masks.</summary>
    public Func<CohortRow, string?>? MaskOf { get; init; }

    /// <summary>How many parts the split has, finished or not.</summary>
    public int SplitParts => Parts[0].Description.Parts;

    /// <summary>What the run's report is headed with.</summary>
    public string Title => $"Report of {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Folder)))}";

    /// <summary>The recipe as it was run; null where the folder has none.</summary>
    public string? Recipe =>
        new[] { Folder, Parts[0].Folder }.Select(f => Path.Combine(f, "recipe.yaml")).FirstOrDefault(File.Exists)
            is { } path
            ? File.ReadAllText(path)
            : null;

    /// <summary>What tells a part from the others; empty where it is the only one.</summary>
    public string NameOf(FinishedPart part) => Parts.Count == 1 ? "" : part.Name;

    private static FinishedPart[] PartsOf(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{folder}: no such run folder");
        string[] candidates = [folder, .. Directory.GetDirectories(folder, "part-*")];
        FinishedPart[] parts =
        [
            .. candidates
                .Select(c => (Folder: c, Description: Path.Combine(c, "run.json")))
                .Where(c => File.Exists(c.Description))
                .Select(c => new FinishedPart(c.Folder, RunDescription.Read(c.Description)))
                .OrderBy(p => p.Description.Part),
        ];
        return parts.Length > 0
            ? parts
            : throw new InvalidDataException(
                $"{folder} holds no finished part (none with a run.json); "
                    + "finish the training with 'coverslip train … --resume' first"
            );
    }
}
