using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.SagaNet;

/// <summary>
/// SagaNet with its loss, Σ_c LH_c + L_reconst (Liu &amp; Sun 2021, sec. 3.3), as the training loop sees it.
/// </summary>
internal sealed class SagaNetClassifier : IStartsFromWeights, ILookedInto
{
    private readonly SagaNetRecipe recipe;
    private readonly SagaNetwork network;

    /// <param name="recipe">Shape and losses.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="device">Where to compute.</param>
    public SagaNetClassifier(SagaNetRecipe recipe, int classes, Device device)
    {
        this.recipe = recipe;
        Store = new ParameterStore(device);
        network = new SagaNetwork(Store.Root, recipe.Shape(classes));
        Store.ToChannelsLast();
    }

    public ParameterStore Store { get; }

    /// <summary>Fills the pre-trained stem; all above it stays random.</summary>
    /// <exception cref="TorchException">They do not fit; the message lists the keys.</exception>
    public void Load(string weights) => network.LoadStem(weights);

    public Outcome Judge(Batch batch)
    {
        var output = network.Forward(Input(batch));
        var classLoss = ClassLossOf(output, batch);
        Tensor? reconstruction = null;
        if (output.Reconstruction is { } image)
            reconstruction = recipe.Reconstruction.Of(image.To(DType.Float32), batch.Image, batch.Mask);
        var total = reconstruction is null ? classLoss : classLoss + reconstruction;
        return new Outcome(total, classLoss, reconstruction, SagaNetwork.Probabilities(output).Detach());
    }

    public Tensor Predict(Batch batch) => SagaNetwork.Probabilities(network.Forward(Input(batch), reconstruct: false));

    /// <summary>The features of all classes, [B, classes · size].</summary>
    public Tensor Describe(Batch batch) => network.Forward(Input(batch), reconstruct: false).Features.Flatten(1);

    public bool Reconstructs => recipe.Network.Reconstruct;

    public IReadOnlyList<InnerView> LookInto(RawBatch raw, Batch batch, Func<Patch, bool> pictured)
    {
        var gates = new GateMaps();
        using var watch = gates.Watch(network);
        var given = Input(batch);
        var output = network.Forward(given);
        return new InsideLook(recipe.Input, raw, (batch.Image, Scaled(batch).Image, given), gates).Of(output, pictured);
    }

    public void Dispose() => Store.Dispose();

    /// <summary>
    /// Masked pixels are 0, which is black to the paper's stem; a pre-trained one gets its images scaled first, so that 0 is
    /// the mean color and says nothing. Images that were standardized one by one are scaled already.
    /// </summary>
    private Tensor Input(Batch batch) => Scaled(batch).Input(recipe.Input.Form);

    private Batch Scaled(Batch batch) =>
        recipe.Network.Stem is { } stem && !recipe.Input.Standardize
            ? batch with
            {
                Image = stem.Kind.Scale.Of(batch.Image),
            }
            : batch;

    private Tensor ClassLossOf(SagaNetOutput output, Batch batch)
    {
        var classes = output.Features.Size(1);
        if (output.Scores is { } scores)
        {
            var chosen = scores.To(DType.Float32).LogSoftmax(1).Gather(1, batch.Target.Unsqueeze(1)).Squeeze(1); // log p of the true class, [B]
            return -(batch.Weights is null ? chosen : chosen * batch.Weights).Mean();
        }
        var targets = batch.Target.OneHot(classes).To(DType.Float32);
        return recipe.Hinge.Of(output.Features.To(DType.Float32), targets, batch.Weights);
    }
}
