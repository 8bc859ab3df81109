using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.Bags;

/// <summary>
/// CLAM (Lu et al. 2021, methods; models/model_clam.py): gated attention with one branch or one to each class, and for each
/// class an instance classifier that learns from the instances of most and of least attention. Parameters are named as there.
/// </summary>
internal sealed class ClamNetwork : IBagNetwork
{
    private readonly Linear embedding,
        view,
        gate,
        weight;
    private readonly Linear[] classifiers,
        instanceClassifiers;
    private readonly Dropout dropout;
    private readonly BagOptions options;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="shape">Sizes.</param>
    internal ClamNetwork(ParameterPath at, BagShape shape)
    {
        options = shape.Options;
        var (hidden, narrow, branches) = (options.Hidden, options.Hidden / 2, Several ? shape.Classes : 1);
        var net = at / "attention_net";
        embedding = new Linear(net / 0, shape.Numbers, hidden);
        dropout = new Dropout(at / "dropout", options.Dropout);
        view = new Linear(net / 3 / "attention_a" / 0, hidden, narrow);
        gate = new Linear(net / 3 / "attention_b" / 0, hidden, narrow);
        weight = new Linear(net / 3 / "attention_c", narrow, branches);
        classifiers = Several
            ? [.. Enumerable.Range(0, shape.Classes).Select(c => new Linear(at / "classifiers" / c, hidden, 1))]
            : [new Linear(at / "classifiers", hidden, shape.Classes)];
        instanceClassifiers =
        [
            .. Enumerable.Range(0, shape.Classes).Select(c => new Linear(at / "instance_classifiers" / c, hidden, 2)),
        ];
    }

    public double InstanceWeight => options.InstanceWeight;

    private bool Several => options.Kind == BagKind.ClamMb;

    public BagScores Forward(Tensor instances)
    {
        var h = dropout.Forward(embedding.Forward(instances).Relu()); // [N, hidden]
        var seen = dropout.Forward(view.Forward(h).Tanh()) * dropout.Forward(gate.Forward(h).Sigmoid());
        var attention = weight.Forward(seen).Transpose(0, 1).Softmax(1); // [branches, N]
        var bags = attention.Matmul(h); // [branches, hidden]
        var scores = Several
            ? Tensor.Cat([.. classifiers.Select((c, i) => c.Forward(bags.Narrow(0, i, 1)))], 1)
            : classifiers[0].Forward(bags);
        return new BagScores(scores, attention, h);
    }

    /// <summary>
    /// Of the bag's class the instances of most attention are evidence and those of least are not; of the other classes, which
    /// exclude each other, those of most attention are none (subtyping). The mean over the classes.
    /// </summary>
    public Tensor? InstanceLoss(BagScores said, int label)
    {
        var total = Tensor.Zeros([], device: said.Scores.Device);
        foreach (var (c, classifier) in instanceClassifiers.Index())
        {
            var attention = said.Attention.Detach().Select(0, Several ? c : 0).To(Device.Cpu).ToArray<float>();
            var order = Enumerable.Range(0, attention.Length).OrderByDescending(i => attention[i]).ToArray();
            var count = Math.Min(options.Sampled, order.Length);
            var loss = Judged(said, classifier, order[..count], c == label ? 1 : 0);
            if (c == label)
                loss = (loss + Judged(said, classifier, order[^count..], 0)) / 2;
            total += loss;
        }
        return total / instanceClassifiers.Length;
    }

    private static Tensor Judged(BagScores said, Linear classifier, int[] which, int target)
    {
        var rows = Tensor.From([.. which.Select(i => (long)i)]).To(said.Scores.Device);
        return SmoothTopOne.Of(classifier.Forward(said.Instances.IndexSelect(0, rows)), target);
    }
}
