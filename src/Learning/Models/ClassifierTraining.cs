using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Processes;
using Coverslip.Torch;

namespace Coverslip.Learning.Models;

/// <summary>How a classifier learns from batches of pictures.</summary>
/// <param name="recipe">Input, precision, weights of classes.</param>
/// <param name="model">The network with its loss.</param>
/// <param name="examples">Where batches come from.</param>
public sealed class ClassifierTraining(INetworkRecipe recipe, IClassifier model, IExamples examples)
    : ITrainingRule<RawBatch>
{
    private readonly Ranks ranks = Ranks.Now;
    private readonly Device device = model.Store.Device;
    private readonly double[]? weights = ClassWeightsOf(recipe.Training.ClassWeights, examples);

    public IReadOnlyList<TrainedStore> Stores { get; } = [new("", model.Store)];

    public int Steps => examples.Steps;

    public long PerEpoch => examples.PerEpoch;

    public string Remedy => "lower training.rate or set training.clip_gradient";

    public IEnumerable<RawBatch> Epoch(int epoch) => examples.Epoch(epoch);

    public StepLoss Gradients(RawBatch batch, CancellationToken stop)
    {
        var share = batch.Share ?? new RankShare(batch.Labels.Count);
        var tensors = Tensors(batch, weights);
        ranks.Compute(share);
        Outcome outcome;
        // What only the forward pass needed goes before the backward pass, which then frees each activation once it is
        // used.
        using (var forward = new TensorScope())
        using (recipe.Training.Precision.On(device))
            outcome = model.Judge(tensors).KeptBy(forward);
        ranks.Descend(outcome.Total, share.Weight);
        return new StepLoss(outcome.Numbers, share.Whole) { Weight = share.Weight };
    }

    public Judged? Judge(CancellationToken stop)
    {
        if (examples.ValidationLabels.Count == 0)
            return null;
        var (mean, probabilities) = (new MeanLoss(), new List<double[]>());
        foreach (var batch in examples.Validation())
        {
            stop.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            using var cast = recipe.Training.Precision.On(device);
            var outcome = model.Judge(Tensors(batch));
            mean.Add(new StepLoss(outcome.Numbers, batch.Labels.Count));
            if (outcome.Probabilities.Size(1) > 0)
                probabilities.AddRange(Predictor.Rows(outcome.Probabilities));
        }
        // What only reconstructs has a loss, and no class to be right about; of what is no number, the loop tells.
        if (probabilities.Count == 0 || !double.IsFinite(mean.Value.Total))
            return new Judged(mean.Value, double.NaN, double.NaN);
        return examples.ValidationFindings is { } shown
            ? Judged.OfFindings(mean, shown, probabilities)
            : Judged.Of(mean, examples.ValidationLabels, probabilities, examples.Positive);
    }

    private Batch Tensors(RawBatch raw, IReadOnlyList<double>? classWeights = null) =>
        raw.ToTensors(recipe.Input, recipe.Views.Count, device, classWeights);

    private static double[]? ClassWeightsOf(ClassWeights wanted, IExamples examples)
    {
        if (wanted == ClassWeights.None)
            return null;
        if (examples.FindingShares is { } shown)
            return [.. shown.Select(PositiveWeight)];
        var shares = examples.ClassShares;
        var (all, present) = (shares.Sum(), shares.Count(s => s > 0));
        return [.. shares.Select(share => share > 0 ? all / (present * share) : 0)];
    }

    private static double PositiveWeight(double share) =>
        share == 0 ? 1 : Math.Min((1 - share) / share, TrainingOptions.MostPositiveWeight);
}
