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
    private readonly AdamOptions options = options ?? new AdamOptions();

    private protected override void Step(Moving moving, Tensor[] gradients)
    {
        var weights = moving.Parameters;
        var (first, second) = (moving.State("mean"), moving.State("square"));
        if (options.WeightDecay != 0)
        {
            if (options.Decoupled)
                Foreach.MultiplyInPlace(weights, 1 - moving.Rate * options.WeightDecay);
            else
                gradients = Foreach.Add(gradients, weights, options.WeightDecay);
        }
        Foreach.MultiplyInPlace(first, options.Beta1);
        Foreach.AddInPlace(first, gradients, 1 - options.Beta1);
        Foreach.MultiplyInPlace(second, options.Beta2);
        Foreach.AddProductInPlace(second, gradients, gradients, 1 - options.Beta2);
        var divisor = Foreach.Sqrt(second);
        Foreach.DivideInPlace(divisor, Math.Sqrt(1 - Math.Pow(options.Beta2, Steps)));
        Foreach.AddInPlace(divisor, options.Epsilon);
        Foreach.AddQuotientInPlace(weights, first, divisor, -moving.Rate / (1 - Math.Pow(options.Beta1, Steps)));
    }
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
