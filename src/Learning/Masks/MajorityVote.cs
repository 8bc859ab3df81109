using Coverslip.Torch;

namespace Coverslip.Learning.Masks;

/// <summary>
/// The most frequent label of every superpixel, as one histogram over superpixels × labels. On a tie the smallest label
/// wins.
/// </summary>
/// <param name="superpixels">Int64 [N]: the superpixel of every pixel, from 0.</param>
/// <param name="count">Superpixels.</param>
internal sealed class MajorityVote(Tensor superpixels, int count)
{
    /// <summary>Counts the labels Int64 [N] of all pixels, of which there are <paramref name="labels"/>.</summary>
    internal Result Count(Tensor pixelLabels, int labels)
    {
        // A tensor of the number, because one multiplied by a C# number would become floating.
        var stride = Tensor.From<long>([labels]).To(superpixels.Device);
        var bins = superpixels * stride + pixelLabels; // [N]
        var histogram = bins.Bincount((long)count * labels).Reshape(count, labels); // [S, K]
        var winners = histogram.Argmax(1); // [S]
        return new Result(winners.IndexSelect(0, superpixels), winners.Bincount(labels), histogram.Sum([0]));
    }

    /// <param name="Target">Int64 [N]: the winner of every pixel's superpixel.</param>
    /// <param name="Superpixels">Int64 [K]: superpixels that each label won.</param>
    /// <param name="Pixels">Int64 [K]: pixels of which each label is the most probable.</param>
    internal readonly record struct Result(Tensor Target, Tensor Superpixels, Tensor Pixels);
}
