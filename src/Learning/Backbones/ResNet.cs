using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// ResNets (He et al. 2016, table 1). As in torchvision, names and shapes included, a block of three convolutions that
/// halves the map does so in its 3×3 convolution; in the paper it does so in its first 1×1.
/// </summary>
internal sealed class ResNet : IBackbone
{
    private readonly StageList stages = new();
    private readonly PooledClassifier? classifier;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="blocks">Blocks of each of the four layers.</param>
    /// <param name="bottleneck">Whether a block is 1×1, 3×3, 1×1 to four times as many channels, or two of 3×3.</param>
    /// <param name="options">The classifier.</param>
    private ResNet(ParameterPath at, IReadOnlyList<int> blocks, bool bottleneck, BackboneOptions options)
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
        for (var i = 0; i < (options.Layers ?? blocks.Count); i++)
        {
            var (width, stride) = (64 << i, i == 0 ? 1 : 2);
            var layer = new ResidualBlock[blocks[i]];
            for (var k = 0; k < layer.Length; k++)
            {
                layer[k] = new ResidualBlock(
                    at / $"layer{i + 1}" / k,
                    Channels,
                    width,
                    k == 0 ? stride : 1,
                    bottleneck
                );
                Channels = layer[k].Channels;
            }
            stages.Add($"layer{i + 1}", x => layer.Aggregate(x, (map, block) => StageList.Scoped(block.Forward, map)));
        }
        classifier = PooledClassifier.Of(at / "fc", Channels, options);
    }

    /// <summary>
    /// Torchvision's; and <c>resnet-18</c>, the network that NuGet's Microsoft.ML.DnnImageFeaturizer.ResNet18 carries:
    /// it has a block more than torchvision's of that name, and its images are less the mean of its own mean image.
    /// </summary>
    public static IReadOnlyList<BackboneKind> Kinds { get; } =
    [
        Kind("resnet-18", [2, 2, 2, 3], bottleneck: false) with
        {
            Scale = new([123.15163f / 255, 115.902885f / 255, 103.06262f / 255], [.. InputScale.ImageNet.Deviation]),
            OftenTakenFor = " (the network in the box, which has a block more than resnet-18-torchvision)",
        },
        Kind("resnet-18-torchvision", [2, 2, 2, 2], bottleneck: false),
        Kind("resnet-34", [3, 4, 6, 3], bottleneck: false),
        Kind("resnet-50", [3, 4, 6, 3], bottleneck: true),
        Kind("resnet-101", [3, 4, 23, 3], bottleneck: true),
        Kind("resnet-152", [3, 8, 36, 3], bottleneck: true),
    ];

    public int Channels { get; }

    public IReadOnlyList<string> Stages => stages.Names;

    public BackboneOutput Forward(Tensor x, Action<string, Tensor>? seen = null)
    {
        var map = stages.Run(x, seen);
        return new BackboneOutput(map, classifier?.Forward(map), []);
    }

    public (Func<Tensor, Tensor> Below, Func<Tensor, BackboneOutput> Above)? DividedAt(string? stage)
    {
        var at = stage is null ? Stages.Count : Stages.Index().First(s => s.Item == stage).Index;
        return (x => stages.Run(x, ..at), Above);

        BackboneOutput Above(Tensor below)
        {
            var map = stages.Run(below, at..);
            return new BackboneOutput(map, classifier?.Forward(map), []);
        }
    }

    private static BackboneKind Kind(string name, int[] blocks, bool bottleneck) =>
        new(name, (at, options) => new ResNet(at, blocks, bottleneck, options), MapOf)
        {
            Classifiers = ["fc."],
            HasLayers = true,
        };

    private static int MapOf(int side)
    {
        side = MapSize.After(MapSize.After(side, 7, 2, 3), 3, 2, 1);
        for (var i = 0; i < 3; i++)
            side = MapSize.Halved(side);
        return side;
    }
}
