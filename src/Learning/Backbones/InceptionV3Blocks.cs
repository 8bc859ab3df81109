using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// Filters of a layer: the published number times the width, rounded down, and 16 at the least, as TensorFlow's own
/// Inception-v3 (slim) has it with its depth multiplier.
/// </summary>
internal readonly record struct InceptionWidth(double Width)
{
    private const int Least = 16;

    public int Of(int published) => Width == 1 ? published : Math.Max((int)(published * Width), Least);
}

/// <summary>A block and the channels that come out of it.</summary>
internal readonly record struct InceptionBlock(int Channels, Func<Tensor, Tensor> Forward);

/// <summary>
/// The five kinds of blocks of Inception-v3 (Szegedy et al. 2016, figures 5, 6, 7 and 10), by torchvision's letters.
/// Each is several chains of convolutions over the same map, side by side. Sizes are those of width 1.
/// </summary>
internal static class InceptionV3Blocks
{
    /// <summary>A convolution with its batch normalization as children <c>conv</c> and <c>bn</c>.</summary>
    internal static ConvNorm Unit(ParameterPath at, int input, int output, ConvNormOptions shape) =>
        new(at / "conv", at / "bn", input, output, shape with { Epsilon = 1e-3 });

    /// <summary>[B, in, H, W] → [B, 224 + pooled, H, W].</summary>
    internal static InceptionBlock A(ParameterPath at, InceptionWidth w, int input, int pooled)
    {
        var one = One(at / "branch1x1", input, w.Of(64));
        var five = new[]
        {
            One(at / "branch5x5_1", input, w.Of(48)),
            Around(at / "branch5x5_2", w.Of(48), w.Of(64), 5),
        };
        var three = new[]
        {
            One(at / "branch3x3dbl_1", input, w.Of(64)),
            Around(at / "branch3x3dbl_2", w.Of(64), w.Of(96), 3),
            Around(at / "branch3x3dbl_3", w.Of(96), w.Of(96), 3),
        };
        var pool = One(at / "branch_pool", input, w.Of(pooled));
        return new(
            w.Of(64) + w.Of(64) + w.Of(96) + w.Of(pooled),
            x => Tensor.Cat([one.Forward(x), Chain(five, x), Chain(three, x), pool.Forward(Mean(x))], 1)
        );
    }

    /// <summary>Halves the map: [B, in, H, W] → [B, 480 + in, (H − 1)/2, (W − 1)/2].</summary>
    internal static InceptionBlock B(ParameterPath at, InceptionWidth w, int input)
    {
        var three = Halving(at / "branch3x3", input, w.Of(384));
        var doubled = new[]
        {
            One(at / "branch3x3dbl_1", input, w.Of(64)),
            Around(at / "branch3x3dbl_2", w.Of(64), w.Of(96), 3),
            Halving(at / "branch3x3dbl_3", w.Of(96), w.Of(96)),
        };
        return new(
            w.Of(384) + w.Of(96) + input,
            x => Tensor.Cat([three.Forward(x), Chain(doubled, x), x.MaxPool2d(3, 2)], 1)
        );
    }

    /// <summary>7×7 convolutions as rows and columns: [B, 768, H, W] → [B, 768, H, W].</summary>
    internal static InceptionBlock C(ParameterPath at, InceptionWidth w, int input, int inner)
    {
        var output = w.Of(192);
        inner = w.Of(inner);
        var one = One(at / "branch1x1", input, output);
        var seven = new[]
        {
            One(at / "branch7x7_1", input, inner),
            Around(at / "branch7x7_2", inner, inner, (1, 7)),
            Around(at / "branch7x7_3", inner, output, (7, 1)),
        };
        var doubled = new[]
        {
            One(at / "branch7x7dbl_1", input, inner),
            Around(at / "branch7x7dbl_2", inner, inner, (7, 1)),
            Around(at / "branch7x7dbl_3", inner, inner, (1, 7)),
            Around(at / "branch7x7dbl_4", inner, inner, (7, 1)),
            Around(at / "branch7x7dbl_5", inner, output, (1, 7)),
        };
        var pool = One(at / "branch_pool", input, output);
        return new(
            4 * output,
            x => Tensor.Cat([one.Forward(x), Chain(seven, x), Chain(doubled, x), pool.Forward(Mean(x))], 1)
        );
    }

    /// <summary>Halves the map: [B, 768, H, W] → [B, 1280, (H − 1)/2, (W − 1)/2].</summary>
    internal static InceptionBlock D(ParameterPath at, InceptionWidth w, int input)
    {
        var inner = w.Of(192);
        var three = new[] { One(at / "branch3x3_1", input, inner), Halving(at / "branch3x3_2", inner, w.Of(320)) };
        var seven = new[]
        {
            One(at / "branch7x7x3_1", input, inner),
            Around(at / "branch7x7x3_2", inner, inner, (1, 7)),
            Around(at / "branch7x7x3_3", inner, inner, (7, 1)),
            Halving(at / "branch7x7x3_4", inner, inner),
        };
        return new(
            w.Of(320) + inner + input,
            x => Tensor.Cat([Chain(three, x), Chain(seven, x), x.MaxPool2d(3, 2)], 1)
        );
    }

    /// <summary>Rows and columns side by side: [B, in, H, W] → [B, 2048, H, W].</summary>
    internal static InceptionBlock E(ParameterPath at, InceptionWidth w, int input)
    {
        var inner = w.Of(384);
        var one = One(at / "branch1x1", input, w.Of(320));
        var three = One(at / "branch3x3_1", input, inner);
        var (threeRow, threeColumn) = Cross(at, "branch3x3_2");
        var doubled = new[]
        {
            One(at / "branch3x3dbl_1", input, w.Of(448)),
            Around(at / "branch3x3dbl_2", w.Of(448), inner, 3),
        };
        var (doubledRow, doubledColumn) = Cross(at, "branch3x3dbl_3");
        var pool = One(at / "branch_pool", input, w.Of(192));
        return new(
            w.Of(320) + (4 * inner) + w.Of(192),
            x =>
            {
                var (a, b) = (three.Forward(x), Chain(doubled, x));
                return Tensor.Cat(
                    [
                        one.Forward(x),
                        threeRow.Forward(a),
                        threeColumn.Forward(a),
                        doubledRow.Forward(b),
                        doubledColumn.Forward(b),
                        pool.Forward(Mean(x)),
                    ],
                    1
                );
            }
        );

        (ConvNorm Row, ConvNorm Column) Cross(ParameterPath under, string name) =>
            (Around(under / $"{name}a", inner, inner, (1, 3)), Around(under / $"{name}b", inner, inner, (3, 1)));
    }

    private static ConvNorm One(ParameterPath at, int input, int output) =>
        Unit(at, input, output, new ConvNormOptions());

    /// <summary>With zeros around, so that the map keeps its size.</summary>
    private static ConvNorm Around(ParameterPath at, int input, int output, Sides kernel) =>
        Unit(
            at,
            input,
            output,
            new ConvNormOptions { Kernel = kernel, Padding = (kernel.Rows / 2, kernel.Columns / 2) }
        );

    private static ConvNorm Halving(ParameterPath at, int input, int output) =>
        Unit(at, input, output, new ConvNormOptions { Kernel = 3, Stride = 2 });

    private static Tensor Chain(ConvNorm[] convolutions, Tensor x) =>
        convolutions.Aggregate(x, (map, next) => next.Forward(map));

    // The zeros around the map count in torchvision's mean.
    private static Tensor Mean(Tensor x) => x.AvgPool2d(3, 1, 1);
}
