using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Loop;

/// <summary>A model that a loop trains.</summary>
/// <param name="Name">Where it stands in the run's files; empty where it is the only one.</param>
/// <param name="Store">Its weights.</param>
/// <param name="Rate">Its own learning rate; null (default): that of the options.</param>
public sealed record TrainedStore(string Name, ParameterStore Store, double? Rate = null);

/// <summary>What a step found.</summary>
/// <param name="Loss">Mean over its examples.</param>
/// <param name="Examples">By which it counts in the epoch's mean; of all ranks together.</param>
public readonly record struct StepLoss(LossParts Loss, int Examples)
{
    /// <summary>What the loss is multiplied by in the sum over ranks that is the step's; 1 by default.</summary>
    public double Weight { get; init; } = 1;
}

/// <summary>
/// What <see cref="TrainingLoop{TBatch}"/> does not know: which models learn, from what, and how a batch becomes gradients.
/// </summary>
/// <typeparam name="TBatch">What a step takes: pictures, maps, a slide, a bag of vectors.</typeparam>
public interface ITrainingRule<TBatch>
{
    /// <summary>The models that learn, all on one device, each with an optimizer of its own.</summary>
    IReadOnlyList<TrainedStore> Stores { get; }

    /// <summary>Batches of an epoch.</summary>
    int Steps { get; }

    /// <summary>Training examples of an epoch.</summary>
    long PerEpoch { get; }

    /// <summary>What to change where the loss is no finite number, as recipes call it.</summary>
    string Remedy { get; }

    /// <summary>
    /// A training epoch; the same epoch is the same batches, whatever was asked for before. Of several ranks
    /// (<see cref="Processes.Ranks.Now"/>) each has as many batches, and in each its own part.
    /// </summary>
    IEnumerable<TBatch> Epoch(int epoch);

    /// <summary>Leaves the batch's gradients at the parameters, which have none; moves nothing.</summary>
    /// <param name="batch">Its tensors may be left to the open scope.</param>
    /// <param name="stop">Asked where a batch takes long; the loop asks between batches.</param>
    StepLoss Gradients(TBatch batch, CancellationToken stop);

    /// <summary>
    /// Whether a step is one backward pass, of the mean over this rank's examples times <see cref="StepLoss.Weight"/> and the
    /// number of ranks, whose gradients may be averaged over the ranks while it runs; true by default. Otherwise gradients are
    /// added up after the step.
    /// </summary>
    bool OneBackward => true;

    /// <summary>
    /// What the models, in evaluation and without gradients, say of the validation examples; null where there are none. Draws
    /// no random numbers.
    /// </summary>
    Judged? Judge(CancellationToken stop);

    /// <summary>The validation figure by which an epoch is the best so far, the greater the better.</summary>
    double Figure(Judged judged, BestBy by) => judged.Figure(by);

    /// <summary>Further columns of the epoch that ended, the same in each; none by default.</summary>
    IReadOnlyList<(string Name, double Value)> Figures => [];
}
