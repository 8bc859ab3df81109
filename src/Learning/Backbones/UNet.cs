using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// U-Net (Ronneberger et al. 2015, fig. 1) with zeros around its 3×3 convolutions, so that the output has the input's
/// size. Keys: <c>encoder.L.conv1</c>, <c>.norm1</c>, <c>.conv2</c>, <c>.norm2</c> for levels L from 0, the outermost,
/// to the depth; <c>decoder.L.up</c>, <c>.conv1</c>, … for all but the deepest; <c>last</c>. Weights begin as in sec. 3.
/// </summary>
public sealed class UNet : ISegmentationNetwork
{
    private readonly Level[] encoder;
    private readonly (UpConv2d Up, Level Level, bool Skip)[] decoder;
    private readonly Dropout dropout;
    private readonly Conv2d last;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="options">Channels, width, depth, which skips, normalization.</param>
    /// <exception cref="ArgumentException">An option out of its range.</exception>
    public UNet(ParameterPath at, UNetOptions options)
    {
        options.Check();
        Options = options;
        int Channels(int level) => options.Width << level;
        encoder =
        [
            .. Enumerable
                .Range(0, options.Depth + 1)
                .Select(l => new Level(
                    at / "encoder" / l,
                    l == 0 ? options.Input : Channels(l - 1),
                    Channels(l),
                    options.Normalize
                )),
        ];
        decoder = new (UpConv2d, Level, bool)[options.Depth];
        for (var l = options.Depth - 1; l >= 0; l--)
        {
            var (here, skip, width) = (at / "decoder" / l, !options.WithoutSkip.Contains(l), Channels(l));
            // Each of the four spread cells comes of one cell, so the fan-in is the number of channels.
            var up = new UpConv2d(here / "up", 2 * width, width, Initial.HeNormal(2L * width));
            decoder[l] = (up, new Level(here, skip ? 2 * width : width, width, options.Normalize), skip);
        }
        dropout = new Dropout(at, options.Dropout);
        last = new Conv2d(
            at / "last",
            options.Width,
            options.Output,
            1,
            new Conv2dOptions { Fill = Initial.HeNormal(options.Width) }
        );
    }

    public UNetOptions Options { get; }

    public int SkipChannels(int level) => Options.Width << level;

    /// <summary>
    /// [B, in, H, W] → scores [B, out, H, W]. Any size from 2 to the power of the depth on: where a level has an odd
    /// side, the map from below it gets a row or column of zeros at its end.
    /// </summary>
    /// <param name="x">Images or maps.</param>
    /// <param name="seen">Told of each level's output by its key, for those who compare.</param>
    /// <exception cref="ArgumentException">A side is too small to be halved so often.</exception>
    public Tensor Forward(Tensor x, Action<string, Tensor>? seen = null)
    {
        var least = 1 << Options.Depth;
        if (x.Size(2) < least || x.Size(3) < least)
            throw new ArgumentException(
                $"a U-Net of depth {Options.Depth} needs sides of at least {least}; given was {x}"
            );
        var skips = new Tensor[Options.Depth];
        for (var l = 0; l < encoder.Length; l++)
        {
            x = Encode(l, x);
            seen?.Invoke($"encoder.{l}", x);
            if (l < skips.Length)
                skips[l] = x;
        }
        for (var l = decoder.Length - 1; l >= 0; l--)
        {
            x = Decode(l, x, skips[l]);
            seen?.Invoke($"decoder.{l}", x);
        }
        return last.Forward(x);
    }

    private Tensor Encode(int level, Tensor x)
    {
        using var scope = new TensorScope();
        if (level > 0)
            x = x.MaxPool2d(2); // [B, C, H / 2, W / 2], odd ends left out
        x = encoder[level].Forward(x);
        if (level >= Options.Depth - 1 && Options.Dropout > 0)
            x = dropout.Forward(x);
        return scope.Keep(x);
    }

    private Tensor Decode(int level, Tensor below, Tensor skip)
    {
        using var scope = new TensorScope();
        var (up, block, skips) = decoder[level];
        var x = up.Forward(below);
        var (rows, columns) = (skip.Size(2) - x.Size(2), skip.Size(3) - x.Size(3));
        if (rows + columns > 0)
            x = x.Pad([0, columns, 0, rows]);
        return scope.Keep(block.Forward(skips ? Tensor.Cat([skip, x], 1) : x));
    }

    /// <summary>Two 3×3 convolutions, each with its ReLU.</summary>
    private sealed class Level(ParameterPath at, int input, int output, bool normalize)
    {
        private readonly Conv2d first = Convolution(at / "conv1", input, output, normalize);
        private readonly BatchNorm2d? firstNorm = Norm(at / "norm1", output, normalize);
        private readonly Conv2d second = Convolution(at / "conv2", output, output, normalize);
        private readonly BatchNorm2d? secondNorm = Norm(at / "norm2", output, normalize);

        internal Tensor Forward(Tensor x) => Half(second, secondNorm, Half(first, firstNorm, x));

        private static Tensor Half(Conv2d convolution, BatchNorm2d? norm, Tensor x) =>
            norm is null ? convolution.Forward(x, Activation.Relu) : convolution.Forward(x, norm);

        private static BatchNorm2d? Norm(ParameterPath at, int channels, bool wanted) =>
            wanted ? new BatchNorm2d(at, channels, activation: Activation.Relu) : null;

        private static Conv2d Convolution(ParameterPath at, int input, int output, bool normalize)
        {
            var options = new Conv2dOptions
            {
                Padding = 1,
                Bias = !normalize,
                Fill = Initial.HeNormal(9L * input),
            };
            return new Conv2d(at, input, output, 3, options with { Own = Conv2d.OwnPays(input, output, 3, options) });
        }
    }
}
