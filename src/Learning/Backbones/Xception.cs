using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// Xception (Chollet 2017, figure 5): depthwise separable convolutions with residuals. Names and shapes as in timm.
/// </summary>
internal sealed class Xception : IBackbone
{
    private readonly StageList stages = new();
    private readonly PooledClassifier? classifier;

    public Xception(ParameterPath at, BackboneOptions options)
    {
        var (first, second) = (new ConvNormOptions { Kernel = 3, Stride = 2 }, new ConvNormOptions { Kernel = 3 });
        stages.Add("act1", new ConvNorm(at / "conv1", at / "bn1", 3, 32, first).Forward);
        stages.Add("act2", new ConvNorm(at / "conv2", at / "bn2", 32, 64, second).Forward);
        Add(1, 64, [128, 128], relu: false);
        Add(2, 128, [256, 256]);
        Add(3, 256, [728, 728]);
        for (var i = 4; i <= 11; i++)
            Add(i, 728, [728, 728, 728]);
        Add(12, 728, [728, 1024]);
        stages.Add("act3", new Separable(at / "conv3", at / "bn3", 1024, 1536, Activation.Relu).Forward);
        stages.Add("act4", new Separable(at / "conv4", at / "bn4", 1536, Channels, Activation.Relu).Forward);
        classifier = PooledClassifier.Of(at / "fc", Channels, options);

        void Add(int number, int input, int[] outputs, bool relu = true) =>
            stages.Add($"block{number}", new Block(at / $"block{number}", input, outputs, relu).Forward);
    }

    public static BackboneKind Kind { get; } =
        new("xception", (at, options) => new Xception(at, options), MapOf)
        {
            Scale = InputScale.Symmetric,
            Classifiers = ["fc."],
        };

    public int Channels => 2048;

    public IReadOnlyList<string> Stages => stages.Names;

    public BackboneOutput Forward(Tensor x, Action<string, Tensor>? seen = null)
    {
        var map = stages.Run(x, seen);
        return new BackboneOutput(map, classifier?.Forward(map), []);
    }

    private static int MapOf(int side)
    {
        side = MapSize.After(MapSize.After(side, 3, 2), 3);
        for (var i = 0; i < 4; i++)
            side = MapSize.Halved(side);
        return side;
    }

    /// <summary>A 3×3 filter for each channel, and a 1×1 convolution with its batch normalization.</summary>
    private sealed class Separable(ParameterPath at, ParameterPath norm, int input, int output, Activation activation)
    {
        private readonly Conv2d depthwise = new(
            at / "conv1",
            input,
            input,
            3,
            new Conv2dOptions
            {
                Padding = 1,
                Groups = input,
                Bias = false,
            }
        );
        private readonly ConvNorm pointwise = new(
            at / "pointwise",
            norm,
            input,
            output,
            new ConvNormOptions { Activation = activation }
        );

        internal Tensor Forward(Tensor x) => pointwise.Forward(depthwise.Forward(x));
    }

    /// <summary>
    /// ReLU and separable convolution, two or three times; where the channels change the map is halved.
    /// </summary>
    private sealed class Block
    {
        private readonly bool relu;
        private readonly Separable[] convolutions;
        private readonly ConvNorm? skip;

        internal Block(ParameterPath at, int input, int[] outputs, bool relu)
        {
            this.relu = relu;
            var output = outputs[^1];
            var halve = new ConvNormOptions { Stride = 2, Activation = Activation.None };
            if (input != output)
                skip = new ConvNorm(at / "skip", at / "skipbn", input, output, halve);
            // In timm a ReLU, a convolution and a norm stand one after the other in the list `rep`.
            var (rep, place) = (at / "rep", relu ? 1 : 0);
            convolutions = new Separable[outputs.Length];
            for (var i = 0; i < outputs.Length; i++, place += 3)
            {
                var next = i < outputs.Length - 1 ? Activation.Relu : Activation.None;
                convolutions[i] = new Separable(rep / place, rep / (place + 1), input, outputs[i], next);
                input = outputs[i];
            }
        }

        internal Tensor Forward(Tensor x)
        {
            var y = convolutions.Aggregate(relu ? x.Relu() : x, (map, next) => next.Forward(map));
            y = skip is null ? y : y.MaxPool2d(3, 2, 1);
            y.AddInPlace(skip?.Forward(x) ?? x);
            return y;
        }
    }
}
