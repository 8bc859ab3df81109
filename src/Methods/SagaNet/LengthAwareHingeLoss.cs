using Coverslip.Torch;

namespace Coverslip.Methods.SagaNet;

/// <summary>
/// Σ_c LH_c, LH_c = t_c max(0, T_max − |f_c|)² + α (1 − t_c) max(0, |f_c| − T_min)² (Liu &amp; Sun 2021, sec. 3.2.1;
/// the
/// form with the squares is that of Sabour et al. 2017, eq. 4), averaged over the batch with the samples' weights.
/// </summary>
internal sealed record LengthAwareHingeLoss
{
    /// <summary>T_max: a present class's feature is at least this long; 0.9 by default.</summary>
    public double Upper { get; init; } = 0.9;

    /// <summary>T_min: an absent class's feature is at most this long; 0.1 by default.</summary>
    public double Lower { get; init; } = 0.1;

    /// <summary>α: weight of absent classes; 0.5 by default.</summary>
    public double AbsentWeight { get; init; } = 0.5;

    /// <summary>Loss of f [B, C, size] against targets t [B, C] of zeros and ones; weights [B] sum to B.</summary>
    public Tensor Of(Tensor features, Tensor targets, Tensor? weights = null)
    {
        // The small number keeps the gradient of the root finite at a feature of length zero.
        var lengths = (features.Square().Sum([2]) + 1e-12).Sqrt(); // |f_c|, [B, C]
        var present = targets * (Upper - lengths).Relu().Square();
        var absent = (1 - targets) * (lengths - Lower).Relu().Square();
        var loss = (present + AbsentWeight * absent).Sum([1]); // [B]
        return (weights is null ? loss : loss * weights).Mean();
    }
}
