namespace Coverslip.Torch.Layers;

/// <summary>
/// Where native/torch's own convolutions are faster than oneDNN's in evaluation with weights laid out once: a rule of
/// the shape of one image, measured once (docs/decisions/folded-evaluation.md), and not a timing of the first batch, which
/// would choose otherwise tomorrow, and with it the last digits of predictions.
/// </summary>
internal static class OwnConvolution
{
    // Below, vectors of channels are half empty.
    private const int FewestChannels = 8;

    // Tiles of 4×4 outputs; of maps smaller than this most of each tile is thrown away.
    private const int LeastSide = 3,
        TileSide = 4;

    // So many weights pass from memory in the 36 points, which one tile to the image does not pay for.
    private const long MostWeights = 512 * 512;
    private const int LeastTiles = 4;

    // Without AVX-512, oneDNN's kernels of rows on channels-last maps reach two thirds of what a product of gathered pixels
    // does; of columns it reaches as much.
    private const int FewestGathered = 64;

    /// <summary>Below, transforming the weights in each step does not pay.</summary>
    internal const long FewestTiles = 64;

    // Where oneDNN multiplies in bfloat16, below these it is as fast or faster.
    private const long FewestShortTiles = 192,
        MostWeightsOfATile = 1024,
        MostWeightsOfAnImagesTile = 4096;

    private static readonly bool Bfloat16InVectors = Processor.HasBfloat16;
    private static readonly bool HasKernels = TorchRuntime.Simd != "none";
    private static readonly bool Gathers = TorchRuntime.Simd == "avx2";

    /// <summary>Whether they compute a float32 convolution on the processor.</summary>
    /// <param name="weight">[out, in / groups, kH, kW].</param>
    /// <param name="geometry">How the kernel walks.</param>
    /// <param name="image">[B, in, H, W].</param>
    /// <param name="adds">Whether another map is added to the output, which oneDNN here needs passes of its own for.</param>
    internal static bool Pays(ReadOnlySpan<long> weight, ConvGeometry geometry, ReadOnlySpan<long> image, bool adds)
    {
        if (!HasKernels || geometry.Groups != 1)
            return false;
        if (weight is [_, _, 1, 1])
            return adds && geometry is { Stride: 1, Padding: { Rows: 0, Columns: 0 } };
        var (fewest, padding) = (Math.Min(weight[0], weight[1]), geometry.Padding.Rows);
        if (weight is not [_, _, 3, 3] || geometry is not { Stride: 1, Dilation: 1 } || !IsWinograds(geometry.Padding))
            return Gathers && weight is [_, _, 3, 3] or [_, _, 1, _] && fewest >= FewestGathered;
        var (rows, columns) = (image[2] + 2 * padding - 2, image[3] + 2 * padding - 2);
        return fewest >= FewestChannels
            && Math.Min(rows, columns) >= LeastSide
            && (weight[0] * weight[1] <= MostWeights || Tiles(rows) * Tiles(columns) >= LeastTiles);
    }

    /// <summary>
    /// Whether a 3×3 convolution of bfloat16 maps is faster in float32 by Winograd's method than by oneDNN in bfloat16, in
    /// training and evaluation; a rule of the shape and the processor's instructions, as the other.
    /// </summary>
    /// <param name="weight">[out, in, kH, kW].</param>
    /// <param name="tiles">Of 4×4 outputs in the whole mini-batch.</param>
    internal static bool PaysShort(ReadOnlySpan<long> weight, long tiles) =>
        HasKernels
        && weight is [_, _, 3, 3]
        && tiles >= (Bfloat16InVectors ? FewestShortTiles : FewestTiles)
        && (!Bfloat16InVectors || weight[0] * weight[1] <= MostWeightsOfATile * tiles)
        && !Processor.HasBfloat16Tiles;

    /// <summary>The same in evaluation with weights laid out once.</summary>
    /// <param name="weight">[out, in / groups, kH, kW].</param>
    /// <param name="geometry">How the kernel walks.</param>
    /// <param name="image">[B, in, H, W].</param>
    internal static bool PaysShort(ReadOnlySpan<long> weight, ConvGeometry geometry, ReadOnlySpan<long> image) =>
        weight is [_, _, 3, 3]
        && geometry is { Stride: 1, Dilation: 1 }
        && IsWinograds(geometry.Padding)
        && Pays(weight, geometry, image, adds: false)
        && (
            !Bfloat16InVectors || weight[0] * weight[1] <= MostWeightsOfAnImagesTile * Tiles(image[2]) * Tiles(image[3])
        )
        && !Processor.HasBfloat16Tiles;

    internal static long Tiles(long side) => (side + TileSide - 1) / TileSide;

    private static bool IsWinograds(Sides padding) => padding.Rows == padding.Columns && padding.Rows is 0 or 1;
}
