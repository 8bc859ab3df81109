using System.Globalization;
using Coverslip.Files;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Optimizers;

namespace Coverslip.Learning.Loop;

/// <summary>
/// What one training leaves behind: <c>metrics.csv</c>, <c>best.safetensors</c>, and <c>state.safetensors</c> to resume
/// from,
/// written after every epoch in this order, so that whatever stops the program leaves a state that continues to the
/// same losses.
/// </summary>
public sealed class RunFolder
{
    private const string Header =
        "epoch,seconds,rate,train_loss,train_class_loss,train_reconstruction,validation_loss,validation_class_loss,validation_reconstruction,validation_accuracy,validation_auc,weights_moved";

    private readonly List<string> metrics = [Header];

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

    /// <summary>Predictions of the validation images.</summary>
    public string Validation => At("validation.csv");

    /// <summary>What the run was made of; written at its end with what came out.</summary>
    public string Description => At("run.json");

    public bool Started => File.Exists(State);

    private string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>
    /// Sets weights, optimizer and random state to where the folder stands; seeds nothing where it is new.
    /// </summary>
    internal RunState Restore(ParameterStore store, Optimizer optimizer)
    {
        if (!Started)
            return new RunState();
        using var scope = new TensorScope();
        var saved = SafeTensors.Read(State, store.Device);
        var metadata = SafeTensors.ReadMetadata(State);
        store.Load(Under(saved, "model/"));
        optimizer.Restore(Under(saved, "optimizer/"), long.Parse(metadata["steps"], CultureInfo.InvariantCulture));
        TorchRuntime.SetRandomState(saved["random"].ToArray<byte>());
        var state = RunState.From(metadata);
        metrics.Clear();
        metrics.AddRange(File.ReadLines(Metrics).Take(1 + state.Epoch));
        return state;
    }

    /// <summary>Writes an epoch's row, the weights if they are the best, and the state.</summary>
    internal RunState Finish(EpochRow row, RunState before, BestBy by, ParameterStore store, Optimizer optimizer)
    {
        // Without validation images the newest model counts as the best.
        var figure = row.Validation?.Figure(by) ?? row.Epoch;
        var better = figure > before.Best;
        var state = new RunState(
            row.Epoch + 1,
            better ? figure : before.Best,
            better ? row.Epoch : before.BestEpoch,
            row.Seconds
        )
        {
            Stepping = (
                before.Stepping.All + (row.Pace?.Seconds ?? 0),
                before.Stepping.Waited + (row.Pace?.Waited ?? 0)
            ),
        };
        metrics.Add(Line(row));
        WholeFile.Write(Metrics, string.Join('\n', metrics) + "\n");
        if (better)
            SafeTensors.Write(Best, store.All);
        using var scope = new TensorScope();
        var metadata = state.ToMetadata();
        metadata["steps"] = optimizer.Steps.ToString(CultureInfo.InvariantCulture);
        SafeTensors.Write(
            State,
            [
                .. store.All.Select(p => ("model/" + p.Path, p.Value)),
                .. optimizer.State().Select(s => ("optimizer/" + s.Name, s.Value)),
                ("random", Tensor.From(TorchRuntime.RandomState())),
            ],
            metadata
        );
        return state;
    }

    /// <summary>Loads the best epoch's weights.</summary>
    internal void LoadBest(ParameterStore store)
    {
        using var scope = new TensorScope();
        store.Load(SafeTensors.Read(Best, store.Device));
    }

    /// <summary>Where the run ended, and how far its weights had moved then.</summary>
    internal (RunState State, double Moved) Outcome()
    {
        var state = RunState.From(SafeTensors.ReadMetadata(State));
        return (state, double.Parse(File.ReadLines(Metrics).Last().Split(',')[^1], CultureInfo.InvariantCulture));
    }

    /// <summary>The folders of a run's parts in their order; the run's own where it has a single part.</summary>
    public static IReadOnlyList<string> PartsOf(string run) =>
        Directory.Exists(System.IO.Path.Combine(run, "part-1"))
            ? [.. Directory.GetDirectories(run, "part-*").OrderBy(f => f.Length).ThenBy(f => f, StringComparer.Ordinal)]
            : [run];

    internal static Dictionary<string, Tensor> Under(Dictionary<string, Tensor> all, string prefix) =>
        all.Where(p => p.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(p => p.Key[prefix.Length..], p => p.Value);

    private static string Line(EpochRow row)
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
        ];
        return $"{row.Epoch},{string.Join(',', figures.Select(f => f is { } value && double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : ""))}";
    }
}
