using Coverslip.Torch;

namespace Coverslip.Methods.Bags;

/// <summary>
/// Smooth top-1 SVM loss (Berrada et al. 2018, eq. 7, k = 1) with margin and temperature 1, as CLAM takes it:
/// log Σⱼ exp(1[j ≠ y] + sⱼ − s_y), the mean over rows.
/// </summary>
internal static class SmoothTopOne
{
    /// <param name="scores">[n, 2].</param>
    /// <param name="target">Of every row the same, 0 or 1.</param>
    internal static Tensor Of(Tensor scores, int target)
    {
        var right = scores.Narrow(1, target, 1); // [n, 1]
        var wrong = scores.Narrow(1, 1 - target, 1);
        // log(1 + exp(1 + wrong − right)), by the softmax that does not overflow.
        var pair = Tensor.Cat([right, wrong + 1], 1);
        return -pair.LogSoftmax(1).Narrow(1, 0, 1).Mean();
    }
}
