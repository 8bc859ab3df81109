namespace Coverslip.Torch.Layers;

/// <summary>
/// Up-convolution 2×2 of Ronneberger et al. 2015: [B, in, H, W] → [B, out, 2H, 2W], every cell spread over four;
/// parameters <c>weight</c> [in, out, 2, 2] and <c>bias</c> [out], as PyTorch's <c>ConvTranspose2d(in, out, 2, 2)</c>.
/// The spread cells do not overlap, so that it is a 1×1 convolution to four times the channels and a change of places.
/// </summary>
public sealed class UpConv2d
{
    // Beyond, laying the weights out takes longer than it saves.
    private const int MostOwnChannels = 512;
    private readonly ParameterStore store;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="input">Channels in.</param>
    /// <param name="output">Channels out.</param>
    /// <param name="fill">How the weights begin; PyTorch's own default where null.</param>
    public UpConv2d(ParameterPath at, int input, int output, Action<Tensor>? fill = null)
    {
        store = at.Store;
        // As PyTorch counts it for a transposed convolution: by the outputs.
        var standard = Initial.FanIn(4L * output);
        Weight = at.Parameter("weight", [input, output, 2, 2], fill ?? standard);
        Bias = at.Parameter("bias", [output], standard);
    }

    public Tensor Weight { get; }

    public Tensor Bias { get; }

    public Tensor Forward(Tensor x)
    {
        if (OperatorRecorder.Current is not null)
            return x.ConvTranspose2d(Weight, Bias, 2); // one operator that everybody knows
        using var scope = new TensorScope();
        var (batch, height, width) = (x.Size(0), x.Size(2), x.Size(3));
        var spread = store.ComputesFolded
            ? store.FoldedForm(this, type => new FoldedConv2d(new ConvGeometry(), default, type, Flat)).Forward(x)
            : Spread(x); // [B, 2 · 2 · out, H, W]
        var y = spread
            .Permute(0, 2, 3, 1)
            .Reshape(batch, height, width, 2, 2, -1)
            .Permute(0, 1, 3, 2, 4, 5) // [B, H, 2, W, 2, out]
            .Reshape(batch, 2 * height, 2 * width, -1)
            .Permute(0, 3, 1, 2);
        return scope.Keep(y);
    }

    private Tensor Spread(Tensor x)
    {
        var (weight, bias) = Flat();
        return x.ServedByOwnOperators && Weight.Size(0) <= MostOwnChannels
            ? x.OwnConv1x1(weight, bias)
            : x.Conv2d(weight, bias, new ConvGeometry());
    }

    /// <summary>Weights [2 · 2 · out, in, 1, 1] and bias [2 · 2 · out] of the 1×1 convolution.</summary>
    private (Tensor Weight, Tensor? Bias) Flat() =>
        (Weight.Permute(2, 3, 1, 0).Reshape(-1, Weight.Size(0), 1, 1), Tensor.Cat([Bias, Bias, Bias, Bias], 0));
}
