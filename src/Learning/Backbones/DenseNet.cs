using System.Text.RegularExpressions;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// DenseNet-BC (Huang et al. 2017, table 1): every layer sees all maps of its block; normalization and ReLU stand
/// before the convolutions. Names and shapes as in torchvision.
/// </summary>
internal sealed partial class DenseNet : IBackbone
{
    private const int Growth = 32,
        Bottleneck = 4 * Growth,
        First = 64;
    private readonly StageList stages = new();
    private readonly PooledClassifier? classifier;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="layers">Layers of each of the four blocks.</param>
    /// <param name="options">The classifier.</param>
    public DenseNet(ParameterPath at, IReadOnlyList<int> layers, BackboneOptions options)
    {
        var features = at / "features";
        var stem = new ConvNormOptions
        {
            Kernel = 7,
            Stride = 2,
            Padding = 3,
        };
        stages.Add("features.relu0", new ConvNorm(features / "conv0", features / "norm0", 3, First, stem).Forward);
        stages.Add("features.pool0", x => x.MaxPool2d(3, 2, 1));
        Channels = First;
        for (var i = 0; i < layers.Count; i++)
        {
            var block = new Block(features / $"denseblock{i + 1}", Channels, layers[i]);
            stages.Add($"features.denseblock{i + 1}", block.Forward);
            Channels += layers[i] * Growth;
            if (i == layers.Count - 1)
                break;
            var transition = new Transition(features / $"transition{i + 1}", Channels);
            stages.Add($"features.transition{i + 1}", transition.Forward);
            Channels /= 2;
        }
        var last = new BatchNorm2d(features / "norm5", Channels, activation: Activation.Relu);
        stages.Add("features", last.Forward);
        classifier = PooledClassifier.Of(at / "classifier", Channels, options);
    }

    public static IReadOnlyList<BackboneKind> Kinds { get; } =
    [
        Kind("densenet-121", [6, 12, 24, 16]),
        Kind("densenet-169", [6, 12, 32, 32]),
        Kind("densenet-201", [6, 12, 48, 32]),
    ];

    public int Channels { get; }

    public IReadOnlyList<string> Stages => stages.Names;

    public BackboneOutput Forward(Tensor x, Action<string, Tensor>? seen = null)
    {
        var map = stages.Run(x, seen);
        return new BackboneOutput(map, classifier?.Forward(map), []);
    }

    private static BackboneKind Kind(string name, int[] layers) =>
        new(name, (at, options) => new DenseNet(at, layers, options), MapOf)
        {
            Classifiers = ["classifier."],
            // A module's name holds no dot since PyTorch 0.4; the published files are older.
            Aliases = [(OldName(), "$1$2")],
        };

    private static int MapOf(int side) => MapSize.After(MapSize.After(side, 7, 2, 3), 3, 2, 1) / 8;

    [GeneratedRegex(@"^(.*denselayer\d+\.(?:norm|conv))\.([12]\..*)$")]
    private static partial Regex OldName();

    /// <summary>Layers that each add <see cref="Growth"/> channels to all maps before them.</summary>
    private sealed class Block(ParameterPath at, int input, int count)
    {
        private readonly Layer[] layers =
        [
            .. Enumerable.Range(0, count).Select(i => new Layer(at / $"denselayer{i + 1}", input + i * Growth)),
        ];

        internal Tensor Forward(Tensor x)
        {
            foreach (var layer in layers)
                x = StageList.Scoped(all => Tensor.Cat([all, layer.Forward(all)], 1), x);
            return x;
        }
    }

    private sealed class Layer(ParameterPath at, int input)
    {
        private readonly BatchNorm2d norm = new(at / "norm1", input, activation: Activation.Relu);
        private readonly ConvNorm squeeze = new(at / "conv1", at / "norm2", input, Bottleneck, new ConvNormOptions());
        private readonly Conv2d grow = new(
            at / "conv2",
            Bottleneck,
            Growth,
            3,
            new Conv2dOptions
            {
                Padding = 1,
                Bias = false,
                Own = true,
            }
        );

        internal Tensor Forward(Tensor x) => grow.Forward(squeeze.Forward(norm.Forward(x)));
    }

    private sealed class Transition(ParameterPath at, int channels)
    {
        private readonly BatchNorm2d norm = new(at / "norm", channels, activation: Activation.Relu);
        private readonly Conv2d halve = new(at / "conv", channels, channels / 2, 1, new Conv2dOptions { Bias = false });

        internal Tensor Forward(Tensor x) => halve.Forward(norm.Forward(x)).AvgPool2d(2);
    }
}
