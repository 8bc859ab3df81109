using Coverslip.Torch.Layers;

namespace Coverslip.Torch.Optimizers;

/// <summary>
/// Stochastic gradient descent as PyTorch computes it: v ← μ v + g (first step: g), w ← w − rate · v.
/// </summary>
public sealed class Sgd(
    ParameterStore store,
    double rate,
    SgdOptions? options = null,
    Func<string, bool>? trainable = null
) : Optimizer(store, rate, trainable)
{
    private static readonly Operator StepOp = new("coverslip::sgd_");

    private readonly SgdOptions options = options ?? new SgdOptions();

    private protected override void Step(Moving moving, Tensor[] gradients)
    {
        // From a zero velocity, μ·0 + g is PyTorch's first step too.
        Tensor[] velocities = options.Momentum == 0 ? [] : moving.State("momentum");
        StepOp.Run(
            moving.Parameters,
            velocities,
            gradients,
            moving.Rate,
            options.Momentum,
            options.WeightDecay,
            options.Nesterov
        );
    }
}

/// <summary>Options of <see cref="Sgd"/>.</summary>
public sealed record SgdOptions
{
    /// <summary>μ; 0 by default.</summary>
    public double Momentum { get; init; }

    /// <summary>L2 penalty added to gradients; 0 by default.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Looks ahead along the velocity; false by default.</summary>
    public bool Nesterov { get; init; }
}
