namespace Coverslip.Torch;

/// <summary>Losses as PyTorch computes them, averaged over the batch unless said.</summary>
public static class Losses
{
    private static readonly Operator CrossEntropyOp = new("aten::cross_entropy_loss"),
        BceLogitsOp = new("aten::binary_cross_entropy_with_logits"),
        MseOp = new("aten::mse_loss"),
        L1Op = new("aten::l1_loss"),
        SmoothL1Op = new("aten::smooth_l1_loss"),
        NllOp = new("aten::nll_loss"),
        OwnCrossEntropyOp = new("coverslip::cross_entropy");

    /// <summary>
    /// Softmax cross-entropy. Scores [B, C, …], target Int64 [B, …]; targets equal to <paramref name="ignore"/> do not
    /// count.
    /// </summary>
    public static Tensor CrossEntropy(Tensor scores, Tensor target, Tensor? classWeights = null, long ignore = -100) =>
        CrossEntropyOp.Call(scores, target, classWeights, 1, ignore);

    /// <summary>
    /// The same of many rows, such as an image's pixels: scores [N, K], target Int64 [N], every one a class. On the
    /// processor in float32 loss and gradient are one pass, and differ from the above in their last digits.
    /// </summary>
    public static Tensor CrossEntropyOfRows(Tensor scores, Tensor target) =>
        scores.ServedByOwnOperators ? OwnCrossEntropyOp.Call(scores, target) : CrossEntropy(scores, target);

    /// <summary>Negative log likelihood of log-probabilities [B, C].</summary>
    public static Tensor NegativeLogLikelihood(Tensor logProbabilities, Tensor target, Tensor? classWeights = null) =>
        NllOp.Call(logProbabilities, target, classWeights);

    /// <summary>Sigmoid cross-entropy of scores and targets in [0, 1], equal shapes.</summary>
    public static Tensor BinaryCrossEntropy(Tensor scores, Tensor target, Tensor? weights = null) =>
        BceLogitsOp.Call(scores, target, weights);

    public static Tensor MeanSquared(Tensor output, Tensor target) => MseOp.Call(output, target);

    public static Tensor MeanAbsolute(Tensor output, Tensor target) => L1Op.Call(output, target);

    /// <summary>Quadratic within <paramref name="beta"/>, linear beyond.</summary>
    public static Tensor SmoothL1(Tensor output, Tensor target, double beta = 1) =>
        SmoothL1Op.Call(output, target, 1, beta);
}
