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

    internal const string Format = "coverslip-model-1";
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

    /// <summary>What every part's training left behind.</summary>
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
        var metadata = SafeTensors.ReadMetadata(path);
        if (metadata.GetValueOrDefault("format") != Format)
            throw new InvalidDataException($"{path} is no packed model; 'coverslip pack RUN --out FILE' writes one");
        return new StoredRun(path, metadata["recipe"], metadata.GetValueOrDefault("stain"), OfPart)
        {
            Parts =
            [
                .. Enumerable
                    .Range(1, int.Parse(metadata["parts"], CultureInfo.InvariantCulture))
                    .Select(part => RunDescription.Parse(Encoding.UTF8.GetBytes(metadata[$"run-{part}"]), path)),
            ],
        };

        Dictionary<string, Tensor> OfPart(int part, Device device) =>
            RunFolder.Under(SafeTensors.Read(path, device), $"{part + 1}/");
    }

    /// <summary>The weights of one part by path; they belong to the open scope.</summary>
    public Dictionary<string, Tensor> Weights(int part, Device device) => weights(part, device);

    private static StoredRun OfFolder(string folder)
    {
        var file = System.IO.Path.Combine(folder, "recipe.yaml");
        if (!File.Exists(file))
            throw new FileNotFoundException($"{folder} is no run folder: it has no recipe.yaml");
        var parts = RunFolder.PartsOf(folder).Select(f => new RunFolder(f)).ToArray();
        var finished = parts.Where(p => File.Exists(p.Description)).ToArray();
        if (finished.Length < parts.Length)
            throw new InvalidOperationException(
                $"{folder} is not finished ({finished.Length} of {parts.Length} parts); go on with 'coverslip train … --resume'"
            );
        var stain = System.IO.Path.Combine(folder, StainName);
        return new StoredRun(
            folder,
            File.ReadAllText(file),
            File.Exists(stain) ? File.ReadAllText(stain) : null,
            (part, device) => SafeTensors.Read(finished[part].Best, device)
        )
        {
            Parts = [.. finished.Select(p => RunDescription.Read(p.Description))],
        };
    }
}
