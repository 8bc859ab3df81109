namespace Coverslip.Torch.Layers;

/// <summary>
/// Batch normalization over [B, C, H, W]; parameters <c>weight</c>, <c>bias</c>, buffers <c>running_mean</c>,
/// <c>running_var</c>, <c>num_batches_tracked</c>, as PyTorch's. Where its parameters are frozen it acts as in
/// evaluation while the store trains: it normalizes by the running statistics and does not move them. In a store with
/// <see cref="ParameterStore.FixedStatistics"/> it does so, too, and its parameters still learn.
/// </summary>
public sealed class BatchNorm2d
{
    private readonly ParameterStore store;
    private readonly Tensor mean,
        variance,
        tracked;
    private readonly double momentum,
        epsilon;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="channels">Channels of the map.</param>
    /// <param name="momentum">Share by which a batch moves the running statistics.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="activation">What follows; in training both are one pass.</param>
    public BatchNorm2d(
        ParameterPath at,
        int channels,
        double momentum = 0.1,
        double epsilon = 1e-5,
        Activation activation = Activation.None
    )
    {
        (store, this.momentum, this.epsilon, Activation) = (at.Store, momentum, epsilon, activation);
        Weight = at.Parameter("weight", [channels], Initial.Constant(1));
        Bias = at.Parameter("bias", [channels], Initial.Constant(0));
        mean = at.Buffer("running_mean", [channels], 0);
        variance = at.Buffer("running_var", [channels], 1);
        tracked = at.Buffer("num_batches_tracked", [], 0, DType.Int64);
    }

    public Tensor Weight { get; }

    public Tensor Bias { get; }

    /// <summary>What it computes behind the normalization.</summary>
    public Activation Activation { get; }

    public Tensor Forward(Tensor x) => Forward(x, null, Activation);

    /// <summary>
    /// activation(norm(x) + added), in training in one pass; for a norm without an activation of its own, in a store that is
    /// not folded.
    /// </summary>
    internal Tensor Forward(Tensor x, Tensor? added, Activation activation)
    {
        if (store.ComputesFolded)
        {
            var folded = store.FoldedForm(this, _ => new FoldedPair(Rounded));
            return x.ChannelAffine(folded.First, folded.Second!, Activation);
        }
        var learns = store.Training && !store.FixedStatistics && Weight.RequiresGrad;
        // A recomputed part runs twice; only its first run moves the running statistics.
        if (learns && !Recompute.IsSecondRun)
            tracked.AddInPlace(1);
        var state = new BatchNormState(mean, variance, Recompute.IsSecondRun ? 0 : momentum, epsilon);
        if (learns && store.StatisticsOver is { } group)
            return Behind(group.BatchNorm(x, Weight, Bias, state, Activation), added, activation);
        if (
            learns
            && x.IsChannelsLast
            && x.NormServedByOwnOperators
            && (added is null || activation != Activation.Relu6)
        )
            return x.OwnBatchNorm(Weight, Bias, state, activation, added);
        return Behind(Activation.InPlace(x.BatchNorm(Weight, Bias, state, learns)), added, activation);
    }

    private static Tensor Behind(Tensor y, Tensor? added, Activation activation)
    {
        if (added is null)
            return y;
        y.AddInPlace(added);
        return activation.InPlace(y);
    }

    /// <summary>
    /// What it multiplies by and adds in evaluation, [C] each in float64: y = scale · x + offset.
    /// </summary>
    internal (Tensor Scale, Tensor Offset) Affine()
    {
        var deviation = (variance.To(DType.Float64) + epsilon).Sqrt();
        var scale = Weight.To(DType.Float64) / deviation;
        return (scale, Bias.To(DType.Float64) - mean.To(DType.Float64) * scale);
    }

    private (Tensor, Tensor?) Rounded()
    {
        var (scale, offset) = Affine();
        return (scale.To(DType.Float32), offset.To(DType.Float32));
    }
}
