using System.Diagnostics;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Torch;
using Coverslip.Torch.Optimizers;

namespace Coverslip.Methods.MultiStage;

/// <summary>How the segmentation model learns from stored features (Takahama et al. 2019, sec. 4.1).</summary>
public sealed record MapTrainingOptions
{
    /// <summary>Passes over the maps; 50 by default.</summary>
    public int Epochs { get; init; } = 50;

    /// <summary>Maps to a step; 32 by default.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Adam's rate; 1e-4 by default.</summary>
    public double Rate { get; init; } = 1e-4;

    /// <summary>loss (default), accuracy or auc: which validation figure says that a model is the best so far.</summary>
    public BestBy BestBy { get; init; }

    internal static MapTrainingOptions Read(RecipeNode node)
    {
        var standard = new MapTrainingOptions();
        return new MapTrainingOptions
        {
            Epochs = node.Int(
                "epochs",
                standard.Epochs,
                (1, 1_000_000),
                "Passes over the maps",
                "Takahama et al. 2019, sec. 4.1"
            ),
            Batch = node.Int("batch", standard.Batch, (1, 65_536), "Maps to a step", "Takahama et al. 2019, sec. 4.1"),
            Rate = node.Number(
                "rate",
                standard.Rate,
                (0, 100),
                "Adam's rate for the segmentation model",
                "Takahama et al. 2019, sec. 4.1"
            ),
            BestBy = node.Word(
                "best_by",
                standard.BestBy,
                "Validation figure by which the best segmentation model is kept"
            ),
        };
    }
}

/// <summary>
/// Second half of separate learning (Takahama et al. 2019, sec. 3.2.1): the segmentation model over feature maps that
/// stay as they are. Resumes from its folder to the same numbers.
/// </summary>
public sealed class MapTraining(SegmentationModel model, MapTrainingOptions options, RunFolder run, long seed)
{
    private readonly Device device = model.Store.Device;

    /// <summary>Trains until the epochs are done; the best model is left in the folder and in the model.</summary>
    /// <param name="training">Maps to learn from.</param>
    /// <param name="validation">Maps that say which epoch was best; without a labeled one the last is.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="stop">Asked between steps.</param>
    /// <exception cref="InvalidOperationException">No map has a label, or the loss is no finite number.</exception>
    public FitOutcome Run(
        MapSet training,
        MapSet validation,
        ITrainingProgress progress,
        CancellationToken stop = default
    )
    {
        var (teaching, judging) = (training.Labeled, validation.Labeled);
        if (teaching.Count == 0)
            throw new InvalidOperationException(
                $"none of the {training.Count} training maps has a labeled patch; look at the annotations and the label rule"
            );
        using var initial = new WeightMovement(model.Store);
        using var optimizer = new Adam(model.Store, options.Rate);
        if (!run.Started)
            TorchRuntime.Seed(seed);
        var state = run.Restore(model.Store, optimizer);
        var clock = Stopwatch.StartNew();
        for (var epoch = state.Epoch; epoch < options.Epochs; epoch++)
        {
            var (mean, step) = (new MeanLoss(), 0);
            model.Store.Training = true;
            var batches = training.Batches(teaching, options.Batch, (seed, epoch));
            foreach (var batch in batches)
            {
                stop.ThrowIfCancellationRequested();
                mean.Add(Step(training.Batch, batch, optimizer), batch.Length);
                progress.Step(epoch, ++step, batches.Count, mean);
            }
            var row = new EpochRow(
                epoch,
                state.Seconds + clock.Elapsed.TotalSeconds,
                options.Rate,
                mean,
                judging.Count == 0 ? null : Judge(validation, judging, stop),
                initial.Moved(model.Store)
            );
            state = run.Finish(row, state, options.BestBy, model.Store, optimizer);
            progress.Epoch(row, state);
            clock.Restart();
        }
        run.LoadBest(model.Store);
        var (end, moved) = run.Outcome();
        return new FitOutcome(end.Epoch, end.BestEpoch, end.Seconds, moved);
    }

    private LossParts Step(Func<IReadOnlyList<int>, Device, MapBatch> make, int[] numbers, Adam optimizer)
    {
        using var scope = new TensorScope();
        model.Store.ClearGradients();
        Tensor loss;
        using (var forward = new TensorScope())
        {
            var batch = make(numbers, device);
            loss = forward.Keep(SegmentationModel.Loss(model.Forward(batch.Maps), batch.Labels));
        }
        loss.Backward();
        optimizer.Step();
        var value = loss.Item();
        return double.IsFinite(value)
            ? new LossParts(value, value, 0)
            : throw new InvalidOperationException(
                FormattableString.Invariant(
                    $"the loss became {value} at rate {options.Rate:g3}; lower segmentation.rate"
                )
            );
    }

    private Judged Judge(MapSet set, IReadOnlyList<int> judging, CancellationToken stop)
    {
        model.Store.Training = false;
        using var inference = new Inference();
        var (mean, labels, probabilities) = (new MeanLoss(), new List<int>(), new List<double[]>());
        foreach (var numbers in set.Batches(judging, options.Batch))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            var batch = set.Batch(numbers, device);
            var scores = model.Forward(batch.Maps);
            var value = SegmentationModel.Loss(scores, batch.Labels).Item();
            mean.Add(new LossParts(value, value, 0), numbers.Length);
            foreach (
                var patch in SlidePrediction.Cells(set, batch, scores).Where(p => p.Patch.Label != GridPatch.NoLabel)
            )
            {
                labels.Add(patch.Patch.Label);
                probabilities.Add([1 - patch.Probability, patch.Probability]);
            }
        }
        return Judged.Of(mean, labels, probabilities);
    }
}
