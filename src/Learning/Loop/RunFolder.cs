using System.Globalization;
using Coverslip.Files;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Learning.Loop;

/// <summary>
/// What one training leaves behind: <c>metrics.csv</c>, <c>best.safetensors</c>, and <c>state.safetensors</c> to resume
/// from,
/// written after every epoch in this order, so that whatever stops the program leaves a state that continues to the
/// same losses.
/// </summary>
public sealed class RunFolder
{
    /// <summary>Column of validation's area under the precision-recall curve, where a class is looked for.</summary>
    public const string PrecisionRecallArea = "validation_pr_auc";

    private const string Moved = "weights_moved";

    private static readonly string[] Columns =
    [
        "epoch",
        "seconds",
        "rate",
        "train_loss",
        "train_class_loss",
        "train_reconstruction",
        "validation_loss",
        "validation_class_loss",
        "validation_reconstruction",
        "validation_accuracy",
        "validation_auc",
        Moved,
    ];

    private readonly List<string[]> epochs = [];

    /// <param name="path">The folder.</param>
    /// <param name="make">Whether it is made where it is missing.</param>
    public RunFolder(string path, bool make = true)
    {
        if (make)
            Directory.CreateDirectory(path);
        Path = path;
    }

    public string Path { get; }

    public string Metrics => At("metrics.csv");

    /// <summary>The weights of the best epoch.</summary>
    public string Best => At("best.safetensors");

    /// <summary>Weights, optimizer and random state after the last whole epoch.</summary>
    public string State => At("state.safetensors");

    /// <summary>Predictions of the test images.</summary>
    public string Predictions => At("predictions.csv");

    /// <summary>Where findings are seen in the test images, of a method that says so.</summary>
    public string Activations => At("activations.csv");

    /// <summary>What the model makes of its training images, of a method that says so.</summary>
    public string Features => At("training-features.safetensors");

    /// <summary>Predictions of the validation images.</summary>
    public string Validation => At("validation.csv");

    /// <summary>The network over numbers of eight bits, of a part for which it was made, and how it agrees.</summary>
    public string Int8 => At("int8.onnx");

    /// <inheritdoc cref="Int8"/>
    public string Int8Facts => At("int8.json");

    /// <summary>What the run was made of; written at its end with what came out.</summary>
    public string Description => At("run.json");

    public bool Started => File.Exists(State);

    /// <summary>How far its training is, and which epoch was the best.</summary>
    public RunState Reached => Started ? RunState.From(SafeTensors.ReadMetadata(State)) : new RunState();

    private string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>
    /// Sets weights, optimizer and random state to where the folder stands; seeds nothing where it is new.
    /// </summary>
    internal RunState Restore(ModelsInTraining models)
    {
        if (!Started)
            return new RunState();
        using var scope = new TensorScope();
        var saved = SafeTensors.Read(State, models.Device);
        var metadata = SafeTensors.ReadMetadata(State);
        models.LoadWeights(Under(saved, "model/"));
        models.LoadMemory(Under(saved, "optimizer/"), long.Parse(metadata["steps"], CultureInfo.InvariantCulture));
        // States of earlier versions, and those left by a processor, hold no GPU's.
        var gpu = saved.GetValueOrDefault("random_gpu")?.ToArray<byte>();
        new RandomState(saved["random"].ToArray<byte>(), gpu).Set(models.Device);
        var state = RunState.From(metadata);
        epochs.Clear();
        epochs.AddRange(CsvTable.Read(Metrics).Rows.Take(state.Epoch).Select(row => row.Fields));
        return state;
    }

    /// <summary>Writes an epoch's row, the weights if their figure is the greatest, and the state.</summary>
    internal RunState Finish(EpochRow row, RunState before, double figure, ModelsInTraining models)
    {
        var better = figure > before.Best;
        var state = new RunState(
            row.Epoch + 1,
            better ? figure : before.Best,
            better ? row.Epoch : before.BestEpoch,
            row.Seconds
        )
        {
            Processor = before.Processor + row.Processor,
            Stepping = (
                before.Stepping.All + (row.Pace?.Seconds ?? 0),
                before.Stepping.Waited + (row.Pace?.Waited ?? 0)
            ),
        };
        epochs.Add(Fields(row));
        string[] columns = [.. Columns, .. row.Further.Select(f => f.Name)];
        // Rows of an earlier version that this training goes on from have fewer columns.
        CsvTable.Write(
            Metrics,
            columns,
            epochs.Select(e => e.Concat(Enumerable.Repeat("", columns.Length - e.Length)))
        );
        if (better)
            SafeTensors.Write(Best, models.Weights);
        using var scope = new TensorScope();
        var metadata = state.ToMetadata();
        metadata["steps"] = models.Steps.ToString(CultureInfo.InvariantCulture);
        var random = RandomState.Now(models.Device);
        SafeTensors.Write(
            State,
            [
                .. models.Weights.Select(p => ("model/" + p.Path, p.Value)),
                .. models.Memory.Select(s => ("optimizer/" + s.Path, s.Value)),
                ("random", Tensor.From(random.Processor)),
                .. random.Gpu is { } gpu ? [("random_gpu", Tensor.From(gpu))] : Array.Empty<(string, Tensor)>(),
            ],
            metadata
        );
        return state;
    }

    /// <summary>How the training ended, its best epoch left in the models; without an epoch they stay as they are.</summary>
    internal FitOutcome End(ModelsInTraining models)
    {
        if (!Started)
            return new FitOutcome(0, -1, 0, 0);
        using var scope = new TensorScope();
        models.LoadWeights(SafeTensors.Read(Best, models.Device));
        var state = RunState.From(SafeTensors.ReadMetadata(State));
        var table = CsvTable.Read(Metrics);
        // Weights that began at zero have no length to compare with.
        var distance = table.Number(table.Rows[^1], table.Require(Moved));
        return new FitOutcome(state.Epoch, state.BestEpoch, state.Seconds, distance)
        {
            WaitingShare = state.WaitingShare,
            Steps = models.Steps,
        };
    }

    /// <summary>The folders of a run's parts in their order; the run's own where it has a single part.</summary>
    public static IReadOnlyList<string> PartsOf(string run) =>
        Directory.Exists(System.IO.Path.Combine(run, "part-1"))
            ? [.. Directory.GetDirectories(run, "part-*").OrderBy(f => f.Length).ThenBy(f => f, StringComparer.Ordinal)]
            : [run];

    public static Dictionary<string, Tensor> Under(Dictionary<string, Tensor> all, string prefix) =>
        all.Where(p => p.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(p => p.Key[prefix.Length..], p => p.Value);

    private static string[] Fields(EpochRow row)
    {
        var (train, judged) = (row.Training.Value, row.Validation);
        double?[] figures =
        [
            row.Seconds,
            row.Rate,
            train.Total,
            train.Class,
            train.Reconstruction,
            judged?.Loss.Total,
            judged?.Loss.Class,
            judged?.Loss.Reconstruction,
            judged?.Accuracy,
            judged?.Auc,
            row.Moved,
            .. row.Further.Select(f => (double?)f.Value),
        ];
        return
        [
            $"{row.Epoch}",
            .. figures.Select(f => CsvTable.Text(f is { } value && double.IsFinite(value) ? value : null)),
        ];
    }
}
