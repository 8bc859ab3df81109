using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// ResNet-50 (He et al. 2016, table 1). As in torchvision, names and shapes included, a block that halves the map does
/// so in its 3×3 convolution; in the paper it does so in its first 1×1.
/// </summary>
internal sealed class ResNet50 : IBackbone
{
    private const int Expansion = 4;
    private readonly StageList stages = new();
    private readonly PooledClassifier? classifier;

    public ResNet50(ParameterPath at, BackboneOptions options)
    {
        var stem = new ConvNormOptions
        {
            Kernel = 7,
            Stride = 2,
            Padding = 3,
        };
        stages.Add("relu", new ConvNorm(at / "conv1", at / "bn1", 3, 64, stem).Forward);
        stages.Add("maxpool", x => x.MaxPool2d(3, 2, 1));
        Channels = 64;
        int[] blocks = [3, 4, 6, 3];
        for (var i = 0; i < blocks.Length; i++)
        {
            var (width, stride) = (64 << i, i == 0 ? 1 : 2);
            var layer = new Bottleneck[blocks[i]];
            for (var k = 0; k < layer.Length; k++)
            {
                layer[k] = new Bottleneck(at / $"layer{i + 1}" / k, Channels, width, k == 0 ? stride : 1);
                Channels = width * Expansion;
            }
            stages.Add($"layer{i + 1}", x => layer.Aggregate(x, (map, block) => StageList.Scoped(block.Forward, map)));
        }
        classifier = PooledClassifier.Of(at / "fc", Channels, options);
    }

    public static BackboneKind Kind { get; } =
        new("resnet-50", (at, options) => new ResNet50(at, options), MapOf) { Classifiers = ["fc."] };

    public int Channels { get; }

    public IReadOnlyList<string> Stages => stages.Names;

    public BackboneOutput Forward(Tensor x, Action<string, Tensor>? seen = null)
    {
        var map = stages.Run(x, seen);
        return new BackboneOutput(map, classifier?.Forward(map), []);
    }

    private static int MapOf(int side)
    {
        side = MapSize.After(MapSize.After(side, 7, 2, 3), 3, 2, 1);
        for (var i = 0; i < 3; i++)
            side = MapSize.Halved(side);
        return side;
    }

    /// <summary>1×1 to <c>width</c> channels, 3×3, 1×1 to four times as many, plus the block's input.</summary>
    private sealed class Bottleneck
    {
        private readonly ConvNorm reduce,
            filter,
            expand;
        private readonly ConvNorm? project;

        internal Bottleneck(ParameterPath at, int input, int width, int stride)
        {
            var output = width * Expansion;
            var three = new ConvNormOptions
            {
                Kernel = 3,
                Stride = stride,
                Padding = 1,
            };
            var linear = new ConvNormOptions { Activation = Activation.None };
            reduce = new ConvNorm(at / "conv1", at / "bn1", input, width, new ConvNormOptions());
            filter = new ConvNorm(at / "conv2", at / "bn2", width, width, three);
            expand = new ConvNorm(at / "conv3", at / "bn3", width, output, linear);
            if (stride == 1 && input == output)
                return;
            var shortcut = at / "downsample";
            project = new ConvNorm(shortcut / 0, shortcut / 1, input, output, linear with { Stride = stride });
        }

        internal Tensor Forward(Tensor x)
        {
            var y = expand.Forward(filter.Forward(reduce.Forward(x)));
            y.AddInPlace(project?.Forward(x) ?? x);
            return y.ReluInPlace();
        }
    }
}
