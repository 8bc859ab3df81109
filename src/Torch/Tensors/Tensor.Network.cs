namespace Coverslip.Torch;

/// <summary>The operators of networks. Images are [B, C, H, W].</summary>
public sealed partial class Tensor
{
    private static readonly Operator ConvOp = new("aten::conv2d"),
        ConvTransposeOp = new("aten::conv_transpose2d", "input"),
        BatchNormOp = new("aten::batch_norm"),
        LayerNormOp = new("aten::layer_norm"),
        LinearOp = new("aten::linear"),
        MaxPoolOp = new("aten::max_pool2d"),
        AvgPoolOp = new("aten::avg_pool2d"),
        AdaptiveAvgPoolOp = new("aten::adaptive_avg_pool2d"),
        UpNearestOp = new("aten::upsample_nearest2d", "vec"),
        UpBilinearOp = new("aten::upsample_bilinear2d", "vec"),
        UpBicubicOp = new("aten::upsample_bicubic2d", "vec"),
        UpBicubicSmoothOp = new("aten::_upsample_bicubic2d_aa", "vec"),
        DropoutOp = new("aten::dropout"),
        ReluOp = new("aten::relu"),
        ReluInPlaceOp = new("aten::relu_"),
        HardTanhOp = new("aten::hardtanh"),
        HardTanhInPlaceOp = new("aten::hardtanh_"),
        EluOp = new("aten::elu"),
        LeakyReluOp = new("aten::leaky_relu"),
        GeluOp = new("aten::gelu"),
        SiluOp = new("aten::silu"),
        SigmoidOp = new("aten::sigmoid"),
        TanhOp = new("aten::tanh"),
        SoftmaxOp = new("aten::softmax", "int"),
        LogSoftmaxOp = new("aten::log_softmax", "int"),
        GatedEluOp = new("coverslip::gated_elu"),
        OwnConv3x3Op = new("coverslip::conv3x3"),
        OwnConv1x1Op = new("coverslip::conv1x1"),
        AttentionOp = new("coverslip::attention"),
        OwnBatchNormOp = new("coverslip::batch_norm_relu"),
        DepthwiseOp = new("coverslip::depthwise"),
        ChannelAffineOp = new("coverslip::channel_affine"),
        ChannelMeansOp = new("coverslip::channel_means");

    // On smaller maps both take the same time.
    private const long FewestOneDnnPixels = 1024,
        FewestOneDnnChannels = 32;

    /// <summary>Convolution; weight [out, in / groups, kH, kW].</summary>
    public Tensor Conv2d(Tensor weight, Tensor? bias, ConvGeometry geometry) =>
        ConvOp.Call(
            this,
            weight,
            bias,
            geometry.StrideList,
            geometry.PaddingList,
            GoesToOneDnnByDistance(weight, geometry) ? [2, 2] : geometry.DilationList,
            geometry.Groups
        );

    /// <summary>
    /// libtorch gives a 1×1 convolution of fewer than 16 images on one thread to a matrix product per image, which takes up to
    /// 1.7 times as long as oneDNN where maps are large; a distance between taps, which one tap does not have, sends it to
    /// oneDNN, as the whole mini-batch goes of which this may be a part (docs/decisions/one-step-convolutions.md).
    /// </summary>
    private bool GoesToOneDnnByDistance(Tensor weight, ConvGeometry geometry) =>
        geometry is { Stride: 1, Dilation: 1, Groups: 1 }
        && (weight.Size(2), weight.Size(3)) is (1, 1)
        && Math.Min(weight.Size(0), weight.Size(1)) >= FewestOneDnnChannels
        && Size(2) * Size(3) >= FewestOneDnnPixels
        && IsChannelsLast
        && ServedByOwnOperators;

    /// <summary>Transposed convolution; weight [in, out, kH, kW].</summary>
    internal Tensor ConvTranspose2d(Tensor weight, Tensor? bias, long stride) =>
        ConvTransposeOp.Call(this, weight, bias, new[] { stride, stride });

    /// <summary>Batch normalization; while training, running statistics move by the momentum.</summary>
    internal Tensor BatchNorm(Tensor? weight, Tensor? bias, BatchNormState state, bool training) =>
        BatchNormOp.Call(this, weight, bias, state.Mean, state.Variance, training, state.Momentum, state.Epsilon, true);

    /// <summary>Normalization of the last dimension.</summary>
    internal Tensor LayerNorm(Tensor weight, Tensor bias, double epsilon) =>
        LayerNormOp.Call(this, weight.Shape, weight, bias, epsilon);

    /// <summary>x · weightᵀ + bias; weight [out, in].</summary>
    public Tensor Linear(Tensor weight, Tensor? bias = null) => LinearOp.Call(this, weight, bias);

    public Tensor MaxPool2d(int kernel, int? stride = null, Sides padding = default, bool ceil = false) =>
        MaxPoolOp.Call(this, Pair(kernel), Pair(stride ?? kernel), Pair(padding), Pair(1), ceil);

    public Tensor AvgPool2d(
        int kernel,
        int? stride = null,
        Sides padding = default,
        bool ceil = false,
        bool countPadding = true
    ) => AvgPoolOp.Call(this, Pair(kernel), Pair(stride ?? kernel), Pair(padding), ceil, countPadding);

    /// <summary>Averages to a map of the given size.</summary>
    public Tensor AdaptiveAvgPool2d(long height, long width) => AdaptiveAvgPoolOp.Call(this, new[] { height, width });

    /// <summary>Nearest-neighbor upsampling to a size.</summary>
    public Tensor UpsampleNearest(long height, long width) =>
        UpNearestOp.Call(this, new[] { height, width }, Argument.None);

    /// <summary>Bilinear upsampling to a size (corners not aligned).</summary>
    public Tensor UpsampleBilinear(long height, long width) =>
        UpBilinearOp.Call(this, new[] { height, width }, false, Argument.None);

    /// <summary>Bicubic resizing to a size (corners not aligned); averaged where it shrinks.</summary>
    public Tensor UpsampleBicubicSmooth(long height, long width) =>
        UpBicubicSmoothOp.Call(this, new[] { height, width }, false, Argument.None);

    /// <summary>Bicubic resizing by factors (corners not aligned), to the sides rounded down; not averaged.</summary>
    public Tensor UpsampleBicubic(double rows, double columns) =>
        UpBicubicOp.Call(this, Argument.None, false, new[] { rows, columns });

    public Tensor Dropout(double probability, bool training) => DropoutOp.Call(this, probability, training);

    public Tensor Relu() => ReluOp.Call(this);

    /// <summary>The same tensor, its negative values now 0. Not for what a backward pass needs as it was.</summary>
    public Tensor ReluInPlace() => ReluInPlaceOp.Call(this);

    /// <summary>min(max(x, 0), 6).</summary>
    public Tensor Relu6() => HardTanhOp.Call(this, 0, 6);

    /// <summary>The same tensor, cut off below 0 and above 6.</summary>
    public Tensor Relu6InPlace() => HardTanhInPlaceOp.Call(this, 0, 6);

    public Tensor Elu(double alpha = 1) => EluOp.Call(this, alpha);

    public Tensor LeakyRelu(double slope = 0.01) => LeakyReluOp.Call(this, slope);

    /// <summary>x · Φ(x), by the error function.</summary>
    public Tensor Gelu() => GeluOp.Call(this);

    /// <summary>x · σ(x).</summary>
    public Tensor Silu() => SiluOp.Call(this);

    public Tensor Sigmoid() => SigmoidOp.Call(this);

    public Tensor Tanh() => TanhOp.Call(this);

    public Tensor Softmax(int dimension) => SoftmaxOp.Call(this, (long)dimension);

    public Tensor LogSoftmax(int dimension) => LogSoftmaxOp.Call(this, (long)dimension);

    /// <summary>
    /// σ(gate) ⊙ ELU(feature) of [B, 2C, H, W], features first, gates second → [B, C, H, W]. On the processor, in
    /// float32 and in bfloat16, one pass forward and one back; elsewhere, and while a network is traced for others to load, by libtorch's operators.
    /// </summary>
    public Tensor GatedElu()
    {
        if (ServedByOwnOperators || (DType == DType.BFloat16 && NormServedByOwnOperators))
            return GatedEluOp.Call(this);
        var halves = Chunk(2, 1);
        return halves[1].Sigmoid() * halves[0].Elu();
    }

    /// <summary>
    /// Whether native/torch's own float32 operators apply: on the processor, not under autocast, not while a network is
    /// traced.
    /// </summary>
    internal bool ServedByOwnOperators => !Device.IsCuda && DType == DType.Float32 && !Autocast.IsOn && !Tracing.IsOn;

    /// <summary>
    /// Whether native/torch's 3×3 convolution applies to short maps, whose products it takes in float32 with weights of
    /// float32: what libtorch would compute in bfloat16.
    /// </summary>
    internal bool ShortServedByOwnOperators => (Autocast.IsOn || DType == DType.BFloat16) && NormServedByOwnOperators;

    /// <summary>The same of batch normalization, which computes in float32 whatever its map is stored as.</summary>
    internal bool NormServedByOwnOperators =>
        !Device.IsCuda && DType is DType.Float32 or DType.BFloat16 && !Tracing.IsOn;

    /// <summary>The same of the gradients of depthwise convolutions, whose maps under autocast are short.</summary>
    internal bool DepthwiseServedByOwnOperators =>
        IsChannelsLast && (ServedByOwnOperators || (DType == DType.BFloat16 && NormServedByOwnOperators));

    internal Tensor OwnConv3x3(Tensor weight, Tensor? bias, int padding) =>
        OwnConv3x3Op.Call(this, weight, bias, (long)padding);

    /// <summary>[B, in, H, W] → [B, out, H', W'] in bfloat16, of weights of float32.</summary>
    internal Tensor OwnShortConv3x3(Tensor weight, Tensor? bias, int padding) =>
        (DType == DType.BFloat16 ? this : To(DType.BFloat16)).OwnConv3x3(weight, bias, padding);

    internal Tensor OwnConv1x1(Tensor weight, Tensor? bias) => OwnConv1x1Op.Call(this, weight, bias);

    /// <summary>
    /// Self-attention of tokens [B, T, 3 · width], which hold queries, keys and values of all heads one after the other: [B, T, width].
    /// </summary>
    public Tensor Attention(int heads)
    {
        if (!Tracing.IsOn && OperatorRecorder.Current is null)
            return AttentionOp.Call(this, (long)heads);
        // Operators that everybody knows.
        using var scope = new TensorScope();
        var (batch, tokens, width) = (Size(0), Size(1), Size(2) / 3);
        var parts = Reshape(batch, tokens, 3, heads, width / heads).Permute(2, 0, 3, 1, 4);
        var (query, key, value) = (parts.Select(0, 0), parts.Select(0, 1), parts.Select(0, 2)); // [B, heads, T, side]
        var weights = (query * Math.Sqrt((double)heads / width)).Matmul(key.Transpose(-2, -1)); // [B, heads, T, T]
        var seen = weights.To(DType.Float32).Softmax(-1).To(value.DType).Matmul(value);
        return scope.Keep(seen.Transpose(1, 2).Reshape(batch, tokens, width));
    }

    /// <summary>A filter of its own for every channel, weight [C, 1, kH, 5 or 7], with gradients of our own.</summary>
    internal Tensor OwnDepthwise(Tensor weight, ConvGeometry geometry) =>
        DepthwiseOp.Call(this, weight, (long)geometry.Stride, geometry.PaddingList);

    /// <summary>Batch normalization in training, then ReLU if wanted, in two passes over a channels-last map.</summary>
    /// <summary>activation(norm(this) + added); of activations with an image added None and Relu.</summary>
    internal Tensor OwnBatchNorm(
        Tensor weight,
        Tensor bias,
        BatchNormState state,
        Activation activation,
        Tensor? added = null
    ) =>
        OwnBatchNormOp.Call(
            this,
            weight,
            bias,
            state.Mean,
            state.Variance,
            state.Momentum,
            state.Epsilon,
            (long)activation.Number(),
            added
        );

    /// <summary>activation(scale · x + offset) with a scale and an offset [C] per channel; without gradients.</summary>
    internal Tensor ChannelAffine(Tensor scale, Tensor offset, Activation activation) =>
        ChannelAffineOp.Call(this, scale, offset, (long)activation.Number());

    /// <summary>
    /// The image and the means [B, C] of its channels, for what uses both: their gradients meet in one pass over the map.
    /// </summary>
    public (Tensor Map, Tensor Means) WithChannelMeans()
    {
        var both = ChannelMeansOp.CallMany(this);
        return (both[0]!, both[1]!);
    }

    private static long[] Pair(Sides sides) => [sides.Rows, sides.Columns];
}

/// <summary>Running statistics of a batch normalization and its constants.</summary>
internal readonly record struct BatchNormState(Tensor Mean, Tensor Variance, double Momentum, double Epsilon);

/// <summary>How a convolution's kernel walks over the map.</summary>
public readonly record struct ConvGeometry()
{
    /// <summary>Step; 1 by default.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Zeros added on each side: rows and columns; 0 by default.</summary>
    public Sides Padding { get; init; }

    /// <summary>Distance between taps; 1 by default.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Groups of channels that see only each other; 1 by default.</summary>
    public int Groups { get; init; } = 1;

    internal long[] StrideList => [Stride, Stride];
    internal long[] PaddingList => [Padding.Rows, Padding.Columns];
    internal long[] DilationList => [Dilation, Dilation];
}
