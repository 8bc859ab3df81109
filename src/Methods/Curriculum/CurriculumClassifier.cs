using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.Curriculum;

/// <summary>
/// A published network (<c>backbone.</c>), the mean over its last map, and one sigmoid for each finding (<c>head.</c>):
/// a radiograph may show several, so that a softmax would not do (Park et al. 2019). Works on images of any size, which
/// lets patches and whole images share one network. Gray is given to the network's three channels alike.
/// </summary>
internal sealed class CurriculumClassifier : IStartsFromWeights
{
    private readonly CurriculumRecipe recipe;
    private readonly BackboneOptions shape;
    private readonly IBackbone backbone;
    private readonly Linear head;

    /// <param name="recipe">Network and standardization.</param>
    /// <param name="findings">How many findings.</param>
    /// <param name="device">Where to compute.</param>
    public CurriculumClassifier(CurriculumRecipe recipe, int findings, Device device)
    {
        this.recipe = recipe;
        shape = recipe.Network.Shape(findings);
        Store = new ParameterStore(device);
        backbone = recipe.Network.Kind.Build(Store.Root / "backbone", shape);
        head = new Linear(Store.Root / "head", backbone.Channels, findings);
        Store.ToChannelsLast();
        recipe.Network.FineTuning.Apply(Store.Root / "backbone", recipe.Network.Kind);
    }

    public ParameterStore Store { get; }

    /// <summary>Fills the network below the head with published weights, or with those of another run.</summary>
    /// <exception cref="TorchException">They do not fit; the message lists the keys.</exception>
    public void Load(string weights) => EarlierRun.Fill(Store.Root / "backbone", recipe.Network, shape, weights);

    /// <summary>Sigmoid cross-entropy, averaged over images and findings.</summary>
    public Outcome Judge(Batch batch)
    {
        if (batch.Findings is not { } findings)
            throw new InvalidOperationException("a batch of findings was expected, this one has a class to an image");
        var scores = Scores(Map(batch));
        var loss = Losses.BinaryCrossEntropy(scores, findings, batch.Weights);
        return new Outcome(loss, loss, null, scores.Sigmoid().Detach());
    }

    /// <summary>Probabilities [B, findings], each for itself.</summary>
    public Tensor Predict(Batch batch) => Scores(Map(batch)).Sigmoid();

    /// <summary>
    /// Class activation maps [B, findings, h, w]: the head's weights over the channels of the last map (Zhou et al. 2016,
    /// eq. 2). Their mean plus the head's bias is the finding's score.
    /// </summary>
    public Tensor Activations(Batch batch)
    {
        var weight = head.Weight.Reshape(head.Weight.Size(0), head.Weight.Size(1), 1, 1); // [findings, C, 1, 1]
        return Map(batch).To(DType.Float32).Conv2d(weight, null, new ConvGeometry());
    }

    public Tensor Describe(Batch batch) => Map(batch).Mean([2, 3]);

    public void PrepareToPredict(DType type) => Store.Fold(type);

    public void Dispose() => Store.Dispose();

    /// <summary>[B, C, h, w].</summary>
    private Tensor Map(Batch batch) => backbone.Forward(Standardized(batch.Image)).Map;

    /// <summary>[B, C, h, w] → [B, findings].</summary>
    private Tensor Scores(Tensor map) => head.Forward(map.Mean([2, 3])).To(DType.Float32);

    private Tensor Standardized(Tensor image)
    {
        if (recipe.Standardization == SampleStandardization.None)
            return Scaled(image, centered: false);
        var centered = image - image.Mean([1, 2, 3], keep: true);
        return recipe.Standardization == SampleStandardization.MeanDeviation
            ? centered / centered.Square().Mean([1, 2, 3], keep: true).Sqrt().Clamp(5 / 255.0)
            : Scaled(centered, centered: true);
    }

    /// <summary>
    /// As the published weights want it, where they are given: over their deviations, and minus their means unless the
    /// image's own was taken.
    /// </summary>
    private Tensor Scaled(Tensor x, bool centered)
    {
        if (!recipe.Network.ScalesAsPublished)
            return x;
        var scale = recipe.Network.Kind.Scale;
        if (!centered)
            x -= Tensor.From(scale.Mean, 1, 3, 1, 1).To(Store.Device);
        return x / Tensor.From(scale.Deviation, 1, 3, 1, 1).To(Store.Device);
    }
}
