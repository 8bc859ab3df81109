using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.Backbone;

/// <summary>
/// A published network (<c>backbone.</c>) under a new classifier (<c>head.</c>), with softmax cross-entropy, as the
/// training loop sees it. Where published weights are given or the recipe says so, images are scaled as these want them;
/// masked pixels are black before.
/// </summary>
internal sealed class BackboneClassifier : IStartsFromWeights
{
    private readonly BackboneRecipe recipe;
    private readonly BackboneOptions shape;
    private readonly IBackbone backbone;
    private readonly FlattenHead head;
    private readonly FrozenMaps? frozen;
    private readonly Func<Tensor, BackboneOutput>? above;

    /// <param name="recipe">Network, losses, input.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="RecipeException">Frozen stages are to be stored, and there are none.</exception>
    public BackboneClassifier(BackboneRecipe recipe, int classes, Device device)
    {
        var (network, input) = (recipe.Network, recipe.Input);
        this.recipe = recipe;
        shape = network.Shape(classes);
        Store = new ParameterStore(device);
        backbone = network.Kind.Build(Store.Root / "backbone", shape);
        var cells = backbone.Channels * network.Kind.MapSide(input.Height) * network.Kind.MapSide(input.Width);
        head = new FlattenHead(Store.Root / "head", cells, classes, network);
        Store.ToChannelsLast();
        network.FineTuning.Apply(Store.Root / "backbone", network.Kind);
        if (recipe.StoreFrozen == 0)
            return;
        var (below, rest) =
            network.FineTuning.Divide(backbone, Store.Root / "backbone", network.Kind)
            ?? throw new RecipeException(
                $"network.store_frozen is {recipe.StoreFrozen}; {network.Kind.Name} has no frozen stages that can be computed by themselves: take a ResNet with trainable: none or last-1 to last-4, or store_frozen: 0"
            );
        (frozen, above) = (new FrozenMaps(below, (long)(recipe.StoreFrozen * (1 << 30))), rest);
    }

    public ParameterStore Store { get; }

    /// <summary>Fills the network below the head with published weights, or with those of another run.</summary>
    /// <exception cref="TorchException">They do not fit; the message lists the keys.</exception>
    public void Load(string weights) => EarlierRun.Fill(Store.Root / "backbone", recipe.Network, shape, weights);

    public Outcome Judge(Batch batch)
    {
        var output = frozen is null ? backbone.Forward(Input(batch)) : above!(frozen.Of(Input(batch)));
        var scores = head.Forward(output.Map).To(DType.Float32);
        var classLoss = CrossEntropy(scores, batch);
        var total = classLoss;
        foreach (var auxiliary in output.Auxiliary)
            total += recipe.Network.AuxiliaryWeight * CrossEntropy(auxiliary.To(DType.Float32), batch);
        return new Outcome(total, classLoss, null, scores.Softmax(1).Detach());
    }

    public Tensor Predict(Batch batch) => head.Forward(backbone.Forward(Input(batch)).Map).To(DType.Float32).Softmax(1);

    /// <summary>The mean over the last map, [B, C].</summary>
    public Tensor Describe(Batch batch) => backbone.Forward(Input(batch)).Map.Mean([2, 3]);

    public void PrepareToPredict(DType type) => Store.Fold(type);

    public void Dispose()
    {
        frozen?.Dispose();
        Store.Dispose();
    }

    private Tensor Input(Batch batch)
    {
        var x = batch.Input(recipe.Input.Form);
        return recipe.Network.ScalesAsPublished ? recipe.Network.Kind.Scale.Of(x) : x;
    }

    private static Tensor CrossEntropy(Tensor scores, Batch batch)
    {
        if (batch.Weights is null)
            return Losses.CrossEntropy(scores, batch.Target);
        // log p of the true class, [B]
        var chosen = scores.LogSoftmax(1).Gather(1, batch.Target.Unsqueeze(1)).Squeeze(1);
        return -(chosen * batch.Weights).Mean();
    }
}
