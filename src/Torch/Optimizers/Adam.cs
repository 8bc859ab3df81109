using Coverslip.Torch.Layers;

namespace Coverslip.Torch.Optimizers;

/// <summary>
/// Adam (Kingma and Ba 2015) as PyTorch computes it, and AdamW (Loshchilov and Hutter 2019) with decoupled decay.
/// </summary>
public sealed class Adam(
    ParameterStore store,
    double rate,
    AdamOptions? options = null,
    Func<string, bool>? trainable = null
) : Optimizer(store, rate, trainable)
{
    private static readonly Operator StepOp = new("coverslip::adam_");

    private readonly AdamOptions options = options ?? new AdamOptions();

    private protected override void Step(Moving moving, Tensor[] gradients) =>
        StepOp.Run(
            moving.Parameters,
            moving.State("mean"),
            moving.State("square"),
            gradients,
            moving.Rate,
            options.Beta1,
            options.Beta2,
            options.Epsilon,
            options.WeightDecay,
            options.Decoupled,
            Steps
        );
}

/// <summary>Options of <see cref="Adam"/>.</summary>
public sealed record AdamOptions
{
    /// <summary>Decay of the gradient's mean; 0.9 by default.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the gradient's square; 0.999 by default.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root; 1e-8 by default.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>L2 penalty, or shrinkage where <see cref="Decoupled"/>; 0 by default.</summary>
    public double WeightDecay { get; init; }

    /// <summary>AdamW: weights shrink apart from the gradient; false by default.</summary>
    public bool Decoupled { get; init; }
}
