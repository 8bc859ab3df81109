namespace Coverslip.Torch.Layers;

/// <summary>
/// Batch normalisation over [B, C, H, W]; parameters <c>weight</c>, <c>bias</c>, buffers <c>running_mean</c>,
/// <c>running_var</c>, <c>num_batches_tracked</c>, as PyTorch's.
/// </summary>
public sealed class BatchNorm2d
{
    private readonly ParameterStore store;
    private readonly Tensor mean, variance, tracked;
    private readonly double momentum, epsilon;

    public BatchNorm2d(ParameterPath at, int channels, double momentum = 0.1, double epsilon = 1e-5)
    {
        (store, this.momentum, this.epsilon) = (at.Store, momentum, epsilon);
        Weight = at.Parameter("weight", [channels], Initial.Constant(1));
        Bias = at.Parameter("bias", [channels], Initial.Constant(0));
        mean = at.Buffer("running_mean", [channels], 0);
        variance = at.Buffer("running_var", [channels], 1);
        tracked = at.Buffer("num_batches_tracked", [], 0, DType.Int64);
    }

    public Tensor Weight { get; }

    public Tensor Bias { get; }

    public Tensor Forward(Tensor x)
    {
        // A recomputed part runs twice; only its first run moves the running statistics.
        var moves = store.Training && !Recompute.IsSecondRun;
        if (moves) tracked.AddInPlace(1);
        var state = new BatchNormState(mean, variance, Recompute.IsSecondRun ? 0 : momentum, epsilon);
        return store.Training && x.IsChannelsLast && x.ServedByOwnOperators
            ? x.OwnBatchNorm(Weight, Bias, state)
            : x.BatchNorm(Weight, Bias, state, store.Training);
    }
}
