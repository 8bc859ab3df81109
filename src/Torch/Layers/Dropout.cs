namespace Coverslip.Torch.Layers;

/// <summary>Sets elements to zero with a probability while training, and scales the others up.</summary>
public sealed class Dropout
{
    private readonly ParameterStore store;
    private readonly double probability;

    public Dropout(ParameterPath at, double probability)
    {
        if (probability is < 0 or >= 1)
            throw new ArgumentOutOfRangeException(
                nameof(probability),
                probability,
                "a dropout probability lies in [0, 1)"
            );
        (store, this.probability) = (at.Store, probability);
    }

    public Tensor Forward(Tensor x) => x.Dropout(probability, store.Training);
}
