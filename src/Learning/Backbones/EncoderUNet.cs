using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// A U-Net whose contracting path is a residual network, so that it may start from published weights: its five maps, from
/// a half to a 32nd of the input's sides, and four levels that put the skip connections of the first four beside the
/// nearest-neighbor enlargement of the map below, and convolve twice, with batch normalization. Keys: <c>encoder.</c> as
/// published; <c>decoder.L.conv1</c>, <c>.norm1</c>, <c>.conv2</c>, <c>.norm2</c> for levels L from 0, at half the input's
/// sides; <c>last</c>, at the input's sides.
/// </summary>
public sealed class EncoderUNet : ISegmentationNetwork
{
    /// <summary>Channels of the levels, the outermost first.</summary>
    private static readonly int[] Widths = [32, 48, 64, 128];

    private static readonly string[] Skips = ["relu", "layer1", "layer2", "layer3"];
    private readonly IBackbone encoder;
    private readonly (ConvNorm First, ConvNorm Second)[] decoder = new (ConvNorm, ConvNorm)[Widths.Length];
    private readonly Conv2d last;
    private readonly int expansion;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="options">The encoder, which skips, channels that it gives back; the rest is the encoder's.</param>
    /// <exception cref="ArgumentException">An option out of its range.</exception>
    public EncoderUNet(ParameterPath at, UNetOptions options)
    {
        if (options.Encoder is not { } kind || !Encoders.Contains(kind.Name))
            throw new ArgumentException(
                $"a U-Net's encoder is {options.Encoder?.Name}; it is one of {string.Join(", ", Encoders)}"
            );
        Options = options = options with { Depth = Widths.Length };
        options.Check();
        encoder = kind.Build(at / "encoder", new BackboneOptions { Classes = 0 });
        expansion = encoder.Channels / 512; // 4 where blocks are bottlenecks
        var below = encoder.Channels;
        var three = new ConvNormOptions { Kernel = 3, Padding = 1 };
        for (var l = Widths.Length - 1; l >= 0; l--)
        {
            var (here, width) = (at / "decoder" / l, Widths[l]);
            var joined = below + (options.WithoutSkip.Contains(l) ? 0 : SkipChannels(l));
            decoder[l] = (
                new ConvNorm(here / "conv1", here / "norm1", joined, width, three),
                new ConvNorm(here / "conv2", here / "norm2", width, width, three)
            );
            below = width;
        }
        last = new Conv2d(at / "last", below, options.Output, 3, new Conv2dOptions { Padding = 1 });
    }

    /// <summary>Networks that may be the encoder, by name.</summary>
    public static IReadOnlyList<string> Encoders { get; } = [.. ResNet.Kinds.Select(k => k.Name)];

    public UNetOptions Options { get; }

    public int SkipChannels(int level) => level == 0 ? 64 : (64 << (level - 1)) * expansion;

    /// <inheritdoc cref="ISegmentationNetwork.Forward"/>
    /// <remarks>Sides from 32 on. <c>encoder.L</c> are the skips and, of level 4, the deepest map.</remarks>
    public Tensor Forward(Tensor x, Action<string, Tensor>? seen = null)
    {
        if (Math.Min(x.Size(2), x.Size(3)) < Options.SmallestSide)
            throw new ArgumentException(
                $"a U-Net on {Options.Encoder!.Name} needs sides of at least {Options.SmallestSide}; given was {x}"
            );
        var skips = new Tensor[Widths.Length];
        var map = encoder
            .Forward(
                x,
                (stage, output) =>
                {
                    if (Array.IndexOf(Skips, stage) is var level and >= 0)
                    {
                        skips[level] = output;
                        seen?.Invoke($"encoder.{level}", output);
                    }
                }
            )
            .Map;
        seen?.Invoke($"encoder.{Widths.Length}", map);
        for (var l = Widths.Length - 1; l >= 0; l--)
        {
            map = Decode(l, map, skips[l]);
            seen?.Invoke($"decoder.{l}", map);
        }
        return last.Forward(Enlarged(map, x)); // [B, out, H, W]
    }

    private Tensor Decode(int level, Tensor below, Tensor skip)
    {
        using var scope = new TensorScope();
        var x = Enlarged(below, skip);
        if (!Options.WithoutSkip.Contains(level))
            x = Tensor.Cat([skip, x], 1);
        var (first, second) = decoder[level];
        return scope.Keep(second.Forward(first.Forward(x)));
    }

    /// <summary>Twice as large; of an odd side the encoder rounded up, so that the last row or column goes.</summary>
    private static Tensor Enlarged(Tensor x, Tensor like)
    {
        using var scope = new TensorScope();
        var (rows, columns) = (like.Size(2), like.Size(3));
        x = x.UpsampleNearest(2 * x.Size(2), 2 * x.Size(3));
        return scope.Keep(x.Narrow(2, 0, rows).Narrow(3, 0, columns));
    }
}
