using System.Globalization;
using System.Text;
using Coverslip.Learning.Loop;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Learning.Runs;

/// <summary>
/// A finished run as it lies on disk: a run folder, or the one file that <see cref="TrainedModel.Pack"/> made of it. It says
/// what the run was without building its model.
/// </summary>
public sealed class StoredRun
{
    /// <summary>The file of a run folder that holds the stain its images were brought to.</summary>
    public const string StainName = "stain.json";

    internal const string TrainedOnField = "trained_on";

    /// <summary>Sealed with its hash; the earlier format was not.</summary>
    internal const string Format = "coverslip-model-2";

    private const string Unsealed = "coverslip-model-1";
    private readonly Func<int, Device, Dictionary<string, Tensor>> weights;

    private StoredRun(
        string path,
        string recipe,
        string? stain,
        Func<int, Device, Dictionary<string, Tensor>> weights
    ) => (Path, RecipeText, Stain, this.weights) = (path, recipe, stain, weights);

    public string Path { get; }

    public string RecipeText { get; }

    /// <summary>The stain that training images were brought to, as JSON; null where none is stored.</summary>
    public string? Stain { get; }

    /// <summary>What it was trained on; null of a run of an earlier version.</summary>
    public TrainingImages? TrainedOn { get; private init; }

    /// <summary>
    /// Where each part keeps what it makes of its training images; empty of a packed model, which names no patient.
    /// </summary>
    internal IReadOnlyList<string> Features { get; private init; } = [];

    /// <summary>The parts' folders; none of a packed file.</summary>
    internal IReadOnlyList<string> Folders { get; private init; } = [];

    /// <summary>
    /// The name of the folder within a part whose earlier stage this is, such as a network before it has seen a mask; null of
    /// finished runs.
    /// </summary>
    public string? Stage { get; private init; }

    /// <summary>Whether its bytes were held against a hash of them; false for folders and earlier versions' files.</summary>
    public bool IsSealed { get; private init; }

    /// <summary>What every part's training left behind; their classes are the same, in the same order.</summary>
    public required IReadOnlyList<RunDescription> Parts { get; init; }

    /// <summary>Opens a run folder or a packed file.</summary>
    /// <exception cref="IOException">There is no such run, or the file is no packed model.</exception>
    /// <exception cref="InvalidOperationException">The run is not finished.</exception>
    public static StoredRun Open(string path)
    {
        if (Directory.Exists(path))
            return OfFolder(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is neither a run folder nor a packed model of that name");
        if (!SafeTensors.Is(path))
            throw new InvalidDataException(
                $"{path} is neither a run folder nor a packed model; name the run or the model of 'coverslip pack' here, and images or cohorts after it"
            );
        var metadata = SafeTensors.ReadMetadata(path);
        var format = metadata.GetValueOrDefault("format");
        if (format is not (Format or Unsealed))
            throw new InvalidDataException($"{path} is no packed model; 'coverslip pack RUN --out FILE' writes one");
        var isSealed = SafeTensorsSeal.Check(path);
        if (!isSealed && format == Format)
            throw Damaged(SafeTensorsSeal.Key, "is missing");
        if (!int.TryParse(Field("parts"), NumberStyles.None, CultureInfo.InvariantCulture, out var parts) || parts < 1)
            throw Damaged("parts", $"is '{Field("parts")}'; expected is a whole number from 1");
        return new StoredRun(path, Field("recipe"), metadata.GetValueOrDefault("stain"), OfPart)
        {
            IsSealed = isSealed,
            TrainedOn = metadata.GetValueOrDefault(TrainedOnField) is { } seen
                ? TrainingImages.Parse(seen, path)
                : null,
            Parts = Agreeing(
                path,
                [
                    .. Enumerable
                        .Range(1, parts)
                        .Select(part => $"run-{part}")
                        .Select(f => RunDescription.Parse(Encoding.UTF8.GetBytes(Field(f)), $"{path}, field '{f}'")),
                ]
            ),
        };

        string Field(string name) => metadata.GetValueOrDefault(name) ?? throw Damaged(name, "is missing");

        InvalidDataException Damaged(string field, string what) =>
            new($"{path}: the file is damaged: field '{field}' of its header {what}; fetch or pack it again");

        Dictionary<string, Tensor> OfPart(int part, Device device) =>
            RunFolder.Under(SafeTensors.Read(path, device), $"{part + 1}/");
    }

    /// <summary>Whether a file is a packed run by its header; its weights are not looked at.</summary>
    /// <exception cref="InvalidDataException">It begins as a file of tensors, and is damaged.</exception>
    public static bool IsPacked(string path) =>
        SafeTensors.Is(path) && SafeTensors.ReadMetadata(path).GetValueOrDefault("format") is Format or Unsealed;

    /// <summary>The weights of one part by path; they belong to the open scope.</summary>
    public Dictionary<string, Tensor> Weights(int part, Device device) => weights(part, device);

    private static StoredRun OfFolder(string folder)
    {
        var file = System.IO.Path.Combine(folder, "recipe.yaml");
        if (!File.Exists(file))
            return OfStage(folder)
                ?? throw new FileNotFoundException($"{folder} is no run folder: it has no recipe.yaml");
        var parts = RunFolder.PartsOf(folder).Select(f => new RunFolder(f)).ToArray();
        var finished = parts.Where(p => File.Exists(p.Description)).ToArray();
        if (finished.Length < parts.Length)
            throw new InvalidOperationException(
                $"{folder} is not finished ({finished.Length} of {parts.Length} parts); go on with 'coverslip train … --resume'"
            );
        var stain = System.IO.Path.Combine(folder, StainName);
        var seen = System.IO.Path.Combine(folder, TrainingImages.FileName);
        return new StoredRun(
            folder,
            File.ReadAllText(file),
            File.Exists(stain) ? File.ReadAllText(stain) : null,
            (part, device) => RunWeights.Read(finished[part], device)
        )
        {
            TrainedOn = File.Exists(seen) ? TrainingImages.Parse(File.ReadAllText(seen), seen) : null,
            Features = [.. finished.Select(p => p.Features)],
            Folders = [.. finished.Select(p => p.Path)],
            Parts = Agreeing(folder, [.. finished.Select(p => RunDescription.Read(p.Description))]),
        };
    }

    /// <summary>A stage's weights in a folder of a finished part; null where the folder is no such one.</summary>
    private static StoredRun? OfStage(string folder)
    {
        var stage = new RunFolder(
            System.IO.Path.GetFullPath(System.IO.Path.TrimEndingDirectorySeparator(folder)),
            make: false
        );
        var part = System.IO.Path.GetDirectoryName(stage.Path) ?? "";
        if (!File.Exists(stage.Best) || !File.Exists(new RunFolder(part, make: false).Description))
            return null;
        string[] above = [part, System.IO.Path.GetDirectoryName(part) ?? ""];
        if (Array.Find(above, f => File.Exists(System.IO.Path.Combine(f, "recipe.yaml"))) is not { } run)
            return null;
        var whole = OfFolder(run);
        return new StoredRun(folder, whole.RecipeText, whole.Stain, (_, device) => SafeTensors.Read(stage.Best, device))
        {
            Stage = System.IO.Path.GetFileName(stage.Path),
            TrainedOn = whole.TrainedOn,
            Folders = [part],
            Parts = [RunDescription.Read(new RunFolder(part, make: false).Description)],
        };
    }

    /// <summary>The mean of the parts is taken class by class, by place.</summary>
    private static RunDescription[] Agreeing(string path, RunDescription[] parts)
    {
        foreach (var (index, part) in parts.Index())
            if (!part.Classes.SequenceEqual(parts[0].Classes))
                throw new InvalidDataException(
                    $"{path}: part {index + 1} has the classes {string.Join(", ", part.Classes)}, part 1 {string.Join(", ", parts[0].Classes)}; their mean would mix them: train the parts on one cohort, with the same classes in the same order"
                );
        return parts;
    }
}
