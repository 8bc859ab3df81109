using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.Bags;

/// <summary>
/// Attention over instances (Ilse et al. 2018, sec. 2.4): z = Σ aₖ hₖ with a = softmax(wᵀ tanh(V hₖ)) (eq. 8), or with a
/// gate wᵀ(tanh(V hₖ) ⊙ σ(U hₖ)) (eq. 9); scores are linear in z.
/// </summary>
internal sealed class AttentionNetwork : IBagNetwork
{
    private readonly Linear embedding,
        view,
        weight,
        classifier;
    private readonly Linear? gate;
    private readonly Dropout dropout;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="gated">Whether with a gate.</param>
    internal AttentionNetwork(ParameterPath at, BagShape shape, bool gated)
    {
        var (hidden, narrow) = (shape.Options.Hidden, shape.Options.Hidden / 2);
        embedding = new Linear(at / "embedding" / 0, shape.Numbers, hidden);
        dropout = new Dropout(at / "dropout", shape.Options.Dropout);
        view = new Linear(at / "attention_V" / 0, hidden, narrow);
        gate = gated ? new Linear(at / "attention_U" / 0, hidden, narrow) : null;
        weight = new Linear(at / "attention_w", narrow, 1);
        classifier = new Linear(at / "classifier" / 0, hidden, shape.Classes);
    }

    public BagScores Forward(Tensor instances)
    {
        var h = dropout.Forward(embedding.Forward(instances).Relu()); // [N, hidden]
        var seen = view.Forward(h).Tanh();
        if (gate is not null)
            seen *= gate.Forward(h).Sigmoid();
        var attention = weight.Forward(seen).Transpose(0, 1).Softmax(1); // [1, N]
        return new BagScores(classifier.Forward(attention.Matmul(h)), attention, h);
    }
}
