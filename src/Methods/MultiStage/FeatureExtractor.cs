using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// The feature extractor model (Takahama et al. 2019, sec. 3.1): a published network (<c>backbone.</c>), the mean over
/// its map, a fully connected layer whose output is the patch's feature vector (<c>feature.</c>, f_{n−1}), and the
/// patch classifier's last layer (<c>last.</c>, f_n), which end-to-end learning does without. Nothing stands between
/// the last two layers.
/// </summary>
internal sealed class FeatureExtractor : IStartsFromWeights
{
    private const string LastLayer = "last.";
    private readonly IBackbone backbone;
    private readonly Dropout dropout;
    private readonly Linear? feature;
    private readonly Linear? last;
    private readonly Tensor mean,
        deviation;

    /// <param name="options">Network, length of the vector.</param>
    /// <param name="classes">Classes of the last layer; 0 leaves it out.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="type">Float32, or Float64 for those who compare.</param>
    public FeatureExtractor(
        FeatureExtractorOptions options,
        int classes,
        Device device = default,
        DType type = DType.Float32
    )
    {
        Options = options;
        Store = new ParameterStore(device, type);
        backbone = options.Kind.Build(Store.Root / "backbone", options.Shape);
        dropout = new Dropout(Store.Root, options.Dropout);
        Length = options.Features > 0 ? options.Features : backbone.Channels;
        feature = options.Features > 0 ? new Linear(Store.Root / "feature", backbone.Channels, Length) : null;
        last = classes == 0 ? null : new Linear(Store.Root / "last", Length, classes);
        Store.ToChannelsLast();
        options.FineTuning.Apply(Store.Root / "backbone", options.Kind);
        using var scope = new TensorScope();
        var scale = options.Kind.Scale;
        mean = scope.Detach(Tensor.From(scale.Mean, 1, 3, 1, 1).To(device, type));
        deviation = scope.Detach(Tensor.From(scale.Deviation, 1, 3, 1, 1).To(device, type));
    }

    public FeatureExtractorOptions Options { get; }

    public ParameterStore Store { get; }

    /// <summary>Numbers of a feature vector.</summary>
    public int Length { get; }

    /// <summary>Fills the network below the layer of features with published weights.</summary>
    /// <exception cref="TorchException">They do not fit; the message lists the keys.</exception>
    public void Load(string file) => PublishedWeights.Load(Store.Root / "backbone", Options.Kind, Options.Shape, file);

    /// <summary>
    /// Fills it with what separate learning left; of a whole patch classifier the last layer is left out where this one
    /// has none.
    /// </summary>
    /// <exception cref="TorchException">They do not fit; the message lists the keys.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> state) =>
        Store.Load(
            last is not null ? state : state.Where(t => !IsOfLast(t.Key)).ToDictionary(t => t.Key, t => t.Value)
        );

    /// <summary>The weights and statistics that features depend on: all but those of the last layer.</summary>
    internal IEnumerable<Tensor> OfFeatures => Store.All.Where(p => !IsOfLast(p.Path)).Select(p => p.Value);

    /// <summary>Images [B, 3, H, W] in [0, 1] → feature vectors [B, <see cref="Length"/>].</summary>
    public Tensor Features(Tensor images)
    {
        using var scope = new TensorScope();
        var x = images.To(Store.DType);
        if (Options.ScalesAsPublished)
            x = (x - mean) / deviation;
        var pooled = backbone.Forward(x).Map.Mean([2, 3]); // [B, C]
        var kept = dropout.Forward(pooled);
        return scope.Keep(feature?.Forward(kept) ?? kept);
    }

    /// <summary>The images of a mini-batch as they were read, [B, 3, side, side] in [0, 1].</summary>
    public Tensor Images(WindowBatch batch, int side)
    {
        using var scope = new TensorScope();
        var input = new InputOptions { Height = side, Width = side };
        return scope.Keep(BatchReader.Pixels(batch.Pixels, batch.Count, input, Store.Device).Image);
    }

    /// <summary>The patch classifier's scores [B, classes] of feature vectors.</summary>
    /// <exception cref="InvalidOperationException">It was built without its last layer.</exception>
    public Tensor Scores(Tensor features) =>
        (last ?? throw new InvalidOperationException("the extractor was built without its last layer")).Forward(
            features
        );

    /// <summary>
    /// Makes the classifier's probabilities speak of other shares of the classes than it was trained on: adds to each class's
    /// score the logarithm of how much more frequent it is there (Saerens et al. 2002, eq. 4). Ranks stay.
    /// </summary>
    internal void ToPrior(IReadOnlyList<double> trained, IReadOnlyList<double> wanted)
    {
        using var scope = new TensorScope();
        using var off = new NoGradient();
        float[] shift = [.. wanted.Zip(trained).Select(c => (float)Math.Log(c.First / c.Second))];
        last!.Bias!.AddInPlace(Tensor.From<float>(shift).To(Store.Device, Store.DType));
    }

    public Outcome Judge(Batch batch)
    {
        var scores = Scores(Features(batch.Image)).To(DType.Float32);
        var loss = Losses.CrossEntropy(scores, batch.Target);
        return new Outcome(loss, loss, null, scores.Softmax(1).Detach());
    }

    public Tensor Predict(Batch batch) => Scores(Features(batch.Image)).To(DType.Float32).Softmax(1);

    public void PrepareToPredict(DType type) => Store.Fold(type);

    private static bool IsOfLast(string path) => path.StartsWith(LastLayer, StringComparison.Ordinal);

    public void Dispose()
    {
        mean.Dispose();
        deviation.Dispose();
        Store.Dispose();
    }
}
