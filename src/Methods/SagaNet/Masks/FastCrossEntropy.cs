using Coverslip.Torch;

namespace Coverslip.Methods.SagaNet.Masks;

/// <summary>
/// The gradient of softmax cross-entropy, summed over pixels, without the value of the loss: softmax less one at the
/// target. One pass and one scatter where the loss and its backward pass take five.
/// </summary>
internal static class FastCrossEntropy
{
    /// <summary>Leaves the gradients of the sum over pixels. Scores [N, K], target Int64 [N].</summary>
    internal static void Backward(Tensor scores, Tensor target)
    {
        Tensor gradient;
        using (new NoGradient())
        {
            gradient = scores.Detach().Softmax(1);                                              // [N, K]
            var minusOne = Tensor.Full([target.Size(0), 1], -1, DType.Float32, scores.Device);
            gradient.ScatterAddInPlace(1, target.Unsqueeze(1), minusOne);
        }
        scores.Backward(gradient);
    }
}
