using Coverslip.Torch.Layers;

namespace Coverslip.Torch.Optimizers;

/// <summary>
/// RMSprop (Hinton 2012) as PyTorch computes it, or as TensorFlow does: epsilon inside the root, squares starting at
/// one, and
/// the rate inside the momentum (v ← μ v + rate · g / √(s + ε), w ← w − v).
/// </summary>
public sealed class RmsProp(
    ParameterStore store,
    double rate,
    RmsPropOptions? options = null,
    Func<string, bool>? trainable = null
) : Optimizer(store, rate, trainable)
{
    private readonly RmsPropOptions options = options ?? new RmsPropOptions();

    private protected override void Step(Moving moving, Tensor[] gradients)
    {
        var weights = moving.Parameters;
        if (options.WeightDecay != 0)
            gradients = Foreach.Add(gradients, weights, options.WeightDecay);
        var squares = moving.State("square", options.TensorFlow ? 1 : 0);
        Foreach.MultiplyInPlace(squares, options.Decay);
        Foreach.AddProductInPlace(squares, gradients, gradients, 1 - options.Decay);
        Tensor[] divisor;
        if (options.TensorFlow)
        {
            divisor = Foreach.Add(squares, options.Epsilon);
            Foreach.SqrtInPlace(divisor);
        }
        else
        {
            divisor = Foreach.Sqrt(squares);
            Foreach.AddInPlace(divisor, options.Epsilon);
        }
        if (options.Momentum == 0)
        {
            Foreach.AddQuotientInPlace(weights, gradients, divisor, -moving.Rate);
            return;
        }
        var velocity = moving.State("momentum");
        Foreach.MultiplyInPlace(velocity, options.Momentum);
        Foreach.AddQuotientInPlace(velocity, gradients, divisor, options.TensorFlow ? moving.Rate : 1);
        Foreach.AddInPlace(weights, velocity, options.TensorFlow ? -1 : -moving.Rate);
    }
}

/// <summary>Options of <see cref="RmsProp"/>.</summary>
public sealed record RmsPropOptions
{
    /// <summary>Decay of the squares; 0.99 by default, as in PyTorch.</summary>
    public double Decay { get; init; } = 0.99;

    /// <summary>Keeps the divisor from zero; 1e-8 by default.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Momentum; 0 by default.</summary>
    public double Momentum { get; init; }

    /// <summary>L2 penalty added to gradients; 0 by default.</summary>
    public double WeightDecay { get; init; }

    /// <summary>TensorFlow's form, as published recipes of its time mean it; false by default.</summary>
    public bool TensorFlow { get; init; }
}
