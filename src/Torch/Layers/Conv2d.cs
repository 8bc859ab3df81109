namespace Coverslip.Torch.Layers;

/// <summary>
/// Convolution: [B, in, H, W] → [B, out, H', W']; parameters <c>weight</c> [out, in/groups, kH, kW] and <c>bias</c>
/// [out].
/// </summary>
public sealed class Conv2d
{
    // Below, the transforms of Winograd's method cost more than it saves (docs/decisions/one-step-convolutions.md).
    private const int FewestChannels = 16;

    private readonly ParameterStore store;
    private readonly bool own,
        depthwise;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="input">Channels in.</param>
    /// <param name="output">Channels out.</param>
    /// <param name="kernel">Sides of the kernel, in cells.</param>
    /// <param name="options">Stride, padding, dilation, groups, bias.</param>
    public Conv2d(ParameterPath at, int input, int output, Sides kernel, Conv2dOptions? options = null)
    {
        options ??= new Conv2dOptions();
        store = at.Store;
        Geometry = new ConvGeometry
        {
            Stride = options.Stride,
            Padding = options.Padding,
            Dilation = options.Dilation,
            Groups = options.Groups,
        };
        own = options.Own;
        depthwise =
            options is { Dilation: 1, Bias: false }
            && options.Groups == input
            && input == output
            && kernel.Columns is 5 or 7;
        if (own && !CanBeOwn(kernel, options))
            throw new ArgumentException(
                $"a convolution of our own is 1×1, or 3×3 with 0 or 1 zeros around, of step 1; given was {kernel} with {options}"
            );
        long fanIn = (long)input / options.Groups * kernel.Rows * kernel.Columns;
        Weight = at.Parameter(
            "weight",
            [output, input / options.Groups, kernel.Rows, kernel.Columns],
            options.Fill ?? Initial.FanIn(fanIn)
        );
        Bias = options.Bias ? at.Parameter("bias", [output], Initial.FanIn(fanIn)) : null;
    }

    public Tensor Weight { get; }

    public Tensor? Bias { get; }

    /// <summary>Whether native/torch's own operators know such a convolution.</summary>
    public static bool CanBeOwn(Sides kernel, Conv2dOptions options) =>
        options is { Stride: 1, Dilation: 1, Groups: 1 }
        && (kernel.Rows, kernel.Columns, options.Padding.Rows, options.Padding.Columns)
            is
                (1, 1, 0, 0)
                or
                (3, 3, 0, 0)
                or
                (3, 3, 1, 1);

    /// <summary>Whether native/torch's 3×3 convolution is faster than libtorch's, on maps that are not tiny.</summary>
    public static bool OwnPays(int input, int output, Sides kernel, Conv2dOptions options) =>
        kernel.Rows == 3 && CanBeOwn(kernel, options) && Math.Min(input, output) >= FewestChannels;

    internal ConvGeometry Geometry { get; }

    public Tensor Forward(Tensor x) => store.ComputesFolded ? Folded(x, default) : Convolve(x, Weight);

    /// <summary>
    /// The convolution of one image whose channels are first multiplied by factors [1, in, 1, 1]: these go into the
    /// weights, which saves a pass over the map.
    /// </summary>
    /// <param name="x">[1, in, H, W].</param>
    /// <param name="factors">Null: none.</param>
    public Tensor ForwardScaled(Tensor x, Tensor? factors) =>
        factors is null ? Forward(x) : Convolve(x, Weight * factors);

    /// <summary>
    /// The convolution and what stands right behind it: as one where the store is folded, else one after the other.
    /// </summary>
    /// <param name="x">[B, in, H, W].</param>
    /// <param name="norm">Computes its own activation, too.</param>
    public Tensor Forward(Tensor x, BatchNorm2d norm) =>
        store.ComputesFolded ? Folded(x, new Behind(norm, norm.Activation)) : norm.Forward(Forward(x));

    /// <summary>activation(convolution(x)).</summary>
    public Tensor Forward(Tensor x, Activation activation) =>
        store.ComputesFolded ? Folded(x, new Behind(null, activation)) : activation.InPlace(Forward(x));

    /// <summary>activation(norm(convolution(x)) + added).</summary>
    /// <param name="x">[B, in, H, W].</param>
    /// <param name="norm">Without an activation of its own.</param>
    /// <param name="added">Of the output's shape.</param>
    /// <param name="activation">Behind the sum.</param>
    public Tensor Forward(Tensor x, BatchNorm2d norm, Tensor added, Activation activation)
    {
        if (store.ComputesFolded)
            return Folded(x, new Behind(norm, activation), added);
        return norm.Forward(Forward(x), added, activation);
    }

    private Tensor Convolve(Tensor x, Tensor weight) =>
        depthwise && x.DepthwiseServedByOwnOperators ? x.OwnDepthwise(weight, Geometry)
        : own && x.ShortServedByOwnOperators && OwnConvolution.PaysShort(weight.Shape, Tiles(x))
            ? x.OwnShortConv3x3(weight, Bias, Geometry.Padding.Rows)
        : !own || !x.ServedByOwnOperators ? x.Conv2d(weight, Bias, Geometry)
        : weight.Size(2) == 1 ? x.OwnConv1x1(weight, Bias)
        : Tiles(x) >= OwnConvolution.FewestTiles ? x.OwnConv3x3(weight, Bias, Geometry.Padding.Rows)
        : x.Conv2d(weight, Bias, Geometry);

    private static long Tiles(Tensor x) =>
        x.Size(0) * OwnConvolution.Tiles(x.Size(2)) * OwnConvolution.Tiles(x.Size(3));

    private Tensor Folded(Tensor x, Behind behind, Tensor? added = null) =>
        store.FoldedForm(this, type => new FoldedConv2d(this, behind, type)).Forward(x, added);
}

/// <summary>Options of <see cref="Conv2d"/>.</summary>
public sealed record Conv2dOptions
{
    /// <summary>Step of the kernel; 1 by default.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Zeros above and below, left and right; 0 by default.</summary>
    public Sides Padding { get; init; }

    /// <summary>Distance between taps; 1 by default.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Groups of channels; 1 by default.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>
    /// Whether float32 on the processor goes to native/torch's own convolutions (3×3 by Winograd, Lavin &amp; Gray
    /// 2016; 1×1), which are faster on channels-last maps of some dozens of channels. Results differ in the last
    /// digits. False by default.
    /// </summary>
    public bool Own { get; init; }

    /// <summary>Whether a bias is added; true by default.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>How the weights begin; null (default): as PyTorch's.</summary>
    public Action<Tensor>? Fill { get; init; }
}
