using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.TumorDetection;

/// <summary>
/// One or two towers (<c>tower.</c>, <c>context.</c>), each pooled to its mean over the map; joined; dropout; one linear
/// layer (<c>head.</c>); softmax cross-entropy (Liu et al. 2017, sec. 3 and fig. 2).
/// </summary>
internal sealed class TumorDetectionClassifier : IStartsFromWeights
{
    private readonly TumorDetectionRecipe recipe;
    private readonly BackboneOptions shape;
    private readonly List<(string Name, IBackbone Network)> towers = [];
    private readonly Dropout dropout;
    private readonly Linear last;

    /// <param name="recipe">Towers and input.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="device">Where to compute.</param>
    public TumorDetectionClassifier(TumorDetectionRecipe recipe, int classes, Device device)
    {
        this.recipe = recipe;
        var network = recipe.Network;
        shape = network.Shape(classes);
        Store = new ParameterStore(device);
        foreach (var name in recipe.Views.Count > 1 ? new[] { "tower", "context" } : ["tower"])
            towers.Add((name, network.Kind.Build(Store.Root / name, shape)));
        dropout = new Dropout(Store.Root / "head", network.Dropout);
        last = new Linear(Store.Root / "head", towers.Sum(t => t.Network.Channels), classes);
        Store.ToChannelsLast();
        foreach (var (name, _) in towers)
            network.FineTuning.Apply(Store.Root / name, network.Kind);
    }

    public ParameterStore Store { get; }

    /// <summary>
    /// Fills the towers from a file of published weights, or from an earlier run; a tower that the earlier run lacks gets
    /// what its first one learned.
    /// </summary>
    /// <exception cref="TorchException">They do not fit; the message lists the keys.</exception>
    /// <exception cref="RecipeException">The earlier run has other towers, or several parts.</exception>
    public void Load(string weights)
    {
        if (EarlierRun.Is(weights))
            LoadRun(weights);
        else
            foreach (var (name, _) in towers)
                PublishedWeights.Load(Store.Root / name, recipe.Network.Kind, shape, weights);
    }

    public Outcome Judge(Batch batch)
    {
        var (scores, auxiliary) = Scores(batch);
        var classLoss = CrossEntropy(scores, batch);
        var total = classLoss;
        foreach (var each in auxiliary)
            total += recipe.Network.AuxiliaryWeight * CrossEntropy(each, batch);
        return new Outcome(total, classLoss, null, scores.Softmax(1).Detach());
    }

    public Tensor Predict(Batch batch) => Scores(batch).Scores.Softmax(1);

    public void PrepareToPredict(DType type) => Store.Fold(type);

    public void Dispose() => Store.Dispose();

    /// <summary>Scores [B, classes] of the head, and of each auxiliary classifier.</summary>
    private (Tensor Scores, IReadOnlyList<Tensor> Auxiliary) Scores(Batch batch)
    {
        var views = batch.FurtherViews.Prepend(batch.Image).ToArray();
        if (views.Length != towers.Count)
            throw new InvalidOperationException(
                $"this network sees each place at {towers.Count} resolutions, and {views.Length} came; image files have but one"
            );
        var (pooled, auxiliary) = (new List<Tensor>(), new List<Tensor>());
        foreach (var ((_, network), view) in towers.Zip(views))
        {
            var output = network.Forward(Scaled(view));
            pooled.Add(output.Map.Mean([2, 3])); // [B, channels]
            auxiliary.AddRange(output.Auxiliary.Select(a => a.To(DType.Float32)));
        }
        var joined = pooled.Count == 1 ? pooled[0] : Tensor.Cat([.. pooled], 1);
        return (last.Forward(dropout.Forward(joined)).To(DType.Float32), auxiliary);
    }

    private Tensor Scaled(Tensor x)
    {
        var scale = recipe.Network.Scale;
        return scale == InputScale.Symmetric ? (x * 2) - 1 : scale.Of(x);
    }

    private void LoadRun(string weights)
    {
        var run = StoredRun.Open(weights);
        if (TumorDetectionMethod.Of(run.RecipeText, weights) is not { Network: var earlier })
            throw new RecipeException($"network.weights is '{weights}', a run of another method than tumor-detection");
        var network = recipe.Network;
        if ((earlier.Kind, earlier.Width, earlier.Auxiliary) != (network.Kind, network.Width, network.Auxiliary))
            throw new RecipeException(
                $"network.weights is '{weights}', a run of {Named(earlier)}; this recipe builds {Named(network)}"
            );
        if (earlier.Scale != network.Scale)
            throw new RecipeException(
                $"network.weights is '{weights}', whose images were scaled {Scaled(earlier)}, and this recipe scales them {Scaled(network)}; set network.scaling: {(earlier.Scale == InputScale.Symmetric ? "symmetric" : "published")}"
            );
        if (run.Parts.Count > 1)
            throw new RecipeException(
                $"network.weights is '{weights}', a run of {run.Parts.Count} parts, each with weights of its own; train it on "
                    + "a split of one part"
            );
        using var scope = new TensorScope();
        var all = run.Weights(0, Store.Device);
        foreach (var (name, _) in towers)
        {
            var own = RunFolder.Under(all, $"{name}.");
            (Store.Root / name).Load(own.Count > 0 ? own : RunFolder.Under(all, "tower."), _ => false);
        }
    }

    private static string Named(TowerOptions network) =>
        FormattableString.Invariant($"{network.Kind.Name}, width {network.Width}")
        + (network.Auxiliary ? ", with auxiliary classifiers" : "");

    private static string Scaled(TowerOptions network) =>
        network.Scale == InputScale.Symmetric ? "to [−1, 1]" : "as published";

    private static Tensor CrossEntropy(Tensor scores, Batch batch)
    {
        if (batch.Weights is null)
            return Losses.CrossEntropy(scores, batch.Target);
        // log p of the true class, [B]
        var chosen = scores.LogSoftmax(1).Gather(1, batch.Target.Unsqueeze(1)).Squeeze(1);
        return -(chosen * batch.Weights).Mean();
    }
}
