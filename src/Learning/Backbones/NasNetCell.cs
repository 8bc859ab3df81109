using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// A cell of NASNet-A (Zoph et al. 2018, figure 4) on two maps: h, the one before it, and p, the one before that. A
/// normal cell keeps the map's size, a reduction cell halves it.
/// </summary>
internal sealed class NasNetCell
{
    internal const double Epsilon = 1e-3;
    private readonly Func<Tensor, Tensor> squeeze,
        adjust;
    private readonly Func<Tensor, Tensor, Tensor> combine;

    private NasNetCell(Inputs inputs, Func<Tensor, Tensor, Tensor> combine) =>
        (squeeze, adjust, this.combine) = (inputs.Squeeze, inputs.Adjust, combine);

    /// <summary>How p is brought to h's size and to the cell's filters.</summary>
    internal enum Previous
    {
        /// <summary>By a 1×1 convolution.</summary>
        Squeezed,

        /// <summary>By a reduction: p is twice as large as h.</summary>
        Halved,

        /// <summary>Not at all: in the first cell p is h, and its branches change the channels.</summary>
        AsItIs,
    }

    /// <summary>Channels of p, of h, and of what the cell computes from each.</summary>
    internal readonly record struct Widths(int Previous, int Current, int Filters);

    /// <summary>[B, in, H, W] twice → [B, 6 · filters, H, W].</summary>
    internal static NasNetCell Normal(ParameterPath at, Widths widths, Previous kind)
    {
        var filters = widths.Filters;
        var inputs = InputsOf(at, widths, kind);
        var (h0, p0) = (Branch("0_left", 5), Branch("0_right", 3));
        var (p1, q1) = (Branch("1_left", 5), Branch("1_right", 3));
        var h4 = Branch("4_left", 3);
        return new NasNetCell(
            inputs,
            (h, p) =>
            {
                var mean = NasNetPooling.Mean(p, 1);
                return Tensor.Cat(
                    [
                        p,
                        h0.Forward(h) + p0.Forward(p),
                        p1.Forward(p) + q1.Forward(p),
                        NasNetPooling.Mean(h, 1) + p,
                        mean + mean,
                        h4.Forward(h) + h,
                    ],
                    1
                );
            }
        );

        NasNetBranch Branch(string name, int kernel) => new(at / $"comb_iter_{name}", filters, filters, kernel, 1);
    }

    /// <summary>[B, in, H, W] twice → [B, 4 · filters, ⌈H/2⌉, ⌈W/2⌉].</summary>
    internal static NasNetCell Reduction(ParameterPath at, Widths widths, Previous kind)
    {
        var filters = widths.Filters;
        var right = kind == Previous.AsItIs ? widths.Previous : filters;
        var inputs = InputsOf(at, widths, kind);
        var h0 = Branch("0_left", filters, 5, 2);
        var (p0, p1) = (Branch("0_right", right, 7, 2), Branch("1_right", right, 7, 2));
        var p2 = Branch("2_right", right, 5, 2);
        var last = Branch("4_left", filters, 3, 1);
        return new NasNetCell(
            inputs,
            (h, p) =>
            {
                var (zero, greatest) = (h0.Forward(h) + p0.Forward(p), NasNetPooling.Greatest(h));
                var one = greatest + p1.Forward(p);
                return Tensor.Cat(
                    [
                        one,
                        NasNetPooling.Mean(h, 2) + p2.Forward(p),
                        NasNetPooling.Mean(zero, 1) + one,
                        last.Forward(zero) + greatest,
                    ],
                    1
                );
            }
        );

        NasNetBranch Branch(string name, int input, int kernel, int stride) =>
            new(at / $"comb_iter_{name}", input, filters, kernel, stride);
    }

    internal Tensor Forward(Tensor current, Tensor previous)
    {
        using var scope = new TensorScope();
        return scope.Keep(combine(squeeze(current), adjust(previous)));
    }

    private static Inputs InputsOf(ParameterPath at, Widths widths, Previous kind) =>
        new(
            Squeeze(at / "conv_1x1", widths.Current, widths.Filters),
            kind switch
            {
                Previous.AsItIs => p => p,
                Previous.Squeezed => Squeeze(at / "conv_prev_1x1", widths.Previous, widths.Filters),
                _ => Halve(at, widths.Previous, widths.Filters),
            }
        );

    private static Func<Tensor, Tensor> Squeeze(ParameterPath at, int input, int output)
    {
        var convolution = new ConvNorm(
            at / "conv",
            at / "bn",
            input,
            output,
            new ConvNormOptions { Epsilon = Epsilon, Activation = Activation.None }
        );
        return x => convolution.Forward(x.Relu());
    }

    /// <summary>
    /// Every second cell, and every second cell of the map moved by one, each to half of the filters.
    /// </summary>
    private static Func<Tensor, Tensor> Halve(ParameterPath at, int input, int output)
    {
        var plain = new Conv2dOptions { Bias = false };
        var first = new Conv2d(at / "path_1" / "conv", input, output / 2, 1, plain);
        var second = new Conv2d(at / "path_2" / "conv", input, output / 2, 1, plain);
        var norm = new BatchNorm2d(at / "final_path_bn", output, epsilon: Epsilon);
        return x =>
        {
            var positive = x.Relu();
            var moved = positive.Pad([-1, 1, -1, 1]);
            var (even, odd) = (positive.AvgPool2d(1, 2), moved.AvgPool2d(1, 2));
            return norm.Forward(Tensor.Cat([first.Forward(even), second.Forward(odd)], 1));
        };
    }

    /// <summary>What becomes of h and of p before they are combined.</summary>
    private readonly record struct Inputs(Func<Tensor, Tensor> Squeeze, Func<Tensor, Tensor> Adjust);
}

/// <summary>ReLU, depthwise and pointwise convolution, batch normalization, and all four again.</summary>
internal sealed class NasNetBranch
{
    private readonly Conv2d reach,
        filter;
    private readonly ConvNorm first,
        second;
    private readonly int kernel,
        stride;

    internal NasNetBranch(ParameterPath at, int input, int output, int kernel, int stride)
    {
        (this.kernel, this.stride) = (kernel, stride);
        var (one, two) = (at / "separable_1", at / "separable_2");
        // Where the input has other channels than the output, in the first cell, the first half changes them already.
        reach = new Conv2d(
            one / "depthwise_conv2d",
            input,
            input,
            kernel,
            new Conv2dOptions
            {
                Stride = stride,
                Padding = stride == 1 ? kernel / 2 : 0,
                Groups = input,
                Bias = false,
            }
        );
        first = Pointwise(one, at / "bn_sep_1", input, output, Activation.Relu);
        filter = new Conv2d(
            two / "depthwise_conv2d",
            output,
            output,
            kernel,
            new Conv2dOptions
            {
                Padding = kernel / 2,
                Groups = output,
                Bias = false,
            }
        );
        second = Pointwise(two, at / "bn_sep_2", output, output, Activation.None);
    }

    /// <summary>[B, in, H, W] → [B, out, ⌈H/stride⌉, ⌈W/stride⌉].</summary>
    internal Tensor Forward(Tensor x)
    {
        x = x.Relu();
        if (stride == 2)
            x = NasNetPooling.ZerosAround(x, kernel);
        return second.Forward(filter.Forward(first.Forward(reach.Forward(x))));
    }

    private static ConvNorm Pointwise(ParameterPath at, ParameterPath norm, int input, int output, Activation after) =>
        new(
            at / "pointwise_conv2d",
            norm,
            input,
            output,
            new ConvNormOptions { Epsilon = NasNetCell.Epsilon, Activation = after }
        );
}

/// <summary>
/// Windows as TensorFlow's SAME padding places them: a map of n cells gives ⌈n/stride⌉, the odd zero comes last.
/// </summary>
internal static class NasNetPooling
{
    /// <summary>Means of 3×3 cells; cells beyond the map do not count.</summary>
    internal static Tensor Mean(Tensor x, int stride) =>
        x.AvgPool2d(3, stride, stride == 1 ? 1 : Before(x), ceil: true, countPadding: false);

    /// <summary>Greatest of 3×3 cells, in steps of two.</summary>
    internal static Tensor Greatest(Tensor x) => x.MaxPool2d(3, 2, Before(x), ceil: true);

    /// <summary>The zeros that a kernel in steps of two wants around the map.</summary>
    internal static Tensor ZerosAround(Tensor x, int kernel)
    {
        var (above, left) = (kernel / 2 - Even(x, 2), kernel / 2 - Even(x, 3));
        return x.Pad([left, kernel / 2, above, kernel / 2]);
    }

    // Without zeros before it an even map's last window reaches one cell beyond the end, which the ceiling allows.
    private static Sides Before(Tensor x) => (1 - Even(x, 2), 1 - Even(x, 3));

    private static int Even(Tensor x, int dimension) => x.Size(dimension) % 2 == 0 ? 1 : 0;
}
