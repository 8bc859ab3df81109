using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// MobileNet (Howard et al. 2017, table 1) of any width: depthwise 3×3 and pointwise 1×1 convolutions in turn. Names
/// and shapes as in timm, whose ReLU is cut off at 6 as in the paper's own code.
/// </summary>
internal sealed class MobileNetV1 : IBackbone
{
    /// <summary>Channels, stride of the first, and number of the blocks of a resolution.</summary>
    private static readonly (int Channels, int Stride, int Count)[] Rows =
    [
        (64, 1, 1),
        (128, 2, 2),
        (256, 2, 2),
        (512, 2, 6),
        (1024, 2, 2),
    ];

    private readonly StageList stages = new();
    private readonly PooledClassifier? classifier;

    public MobileNetV1(ParameterPath at, BackboneOptions options)
    {
        Channels = MobileNetV2.Rounded(32 * options.Width);
        var stem = new ConvNormOptions
        {
            Kernel = 3,
            Stride = 2,
            Padding = 1,
            Activation = Activation.Relu6,
        };
        stages.Add("bn1", new ConvNorm(at / "conv_stem", at / "bn1", 3, Channels, stem).Forward);
        foreach (var (row, (channels, stride, count)) in Rows.Index())
        {
            for (var i = 0; i < count; i++)
            {
                var output = MobileNetV2.Rounded(channels * options.Width);
                var block = new Block(at / "blocks" / row / i, Channels, output, i == 0 ? stride : 1);
                stages.Add($"blocks.{row}.{i}", block.Forward);
                Channels = output;
            }
        }
        classifier = PooledClassifier.Of(at / "classifier", Channels, options);
    }

    public static BackboneKind Kind { get; } =
        new("mobilenet-v1", (at, options) => new MobileNetV1(at, options), MobileNetV2.MapOf)
        {
            Scale = InputScale.Symmetric,
            HasWidth = true,
            Classifiers = ["classifier."],
        };

    public int Channels { get; }

    public IReadOnlyList<string> Stages => stages.Names;

    public BackboneOutput Forward(Tensor x, Action<string, Tensor>? seen = null)
    {
        var map = stages.Run(x, seen);
        return new BackboneOutput(map, classifier?.Forward(map), []);
    }

    private sealed class Block(ParameterPath at, int input, int output, int stride)
    {
        private readonly ConvNorm depthwise = new(
            at / "conv_dw",
            at / "bn1",
            input,
            input,
            new ConvNormOptions
            {
                Kernel = 3,
                Stride = stride,
                Padding = 1,
                Groups = input,
                Activation = Activation.Relu6,
            }
        );
        private readonly ConvNorm pointwise = new(
            at / "conv_pw",
            at / "bn2",
            input,
            output,
            new ConvNormOptions { Activation = Activation.Relu6 }
        );

        internal Tensor Forward(Tensor x) => pointwise.Forward(depthwise.Forward(x));
    }
}
