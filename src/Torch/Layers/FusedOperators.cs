namespace Coverslip.Torch.Layers;

/// <summary>
/// The operators of the fast mode: those of the native library that read and write a large map as seldom as can be,
/// and libtorch's own where the library lacks them or the types are short.
/// </summary>
public static class FusedOperators
{
    // Below this many channels the transformations of Winograd's method cost more than the products they save.
    private const int LeastChannels = 16;

    private static readonly Operator? Convolution3x3 = Find("coverslip::conv3x3"),
        Convolution1x1 = Find("coverslip::conv1x1"),
        NormRelu = Find("coverslip::batch_norm_relu"),
        Entropy = Find("coverslip::cross_entropy"),
        Largest = Find("coverslip::argmax");

    private static readonly Operator LibtorchNorm = new("aten::batch_norm");

    /// <summary>Whether float32 convolutions outrun libtorch's in bfloat16.</summary>
    public static bool HasFastConvolutions => Convolution3x3 is not null;

    /// <summary>[B, C, H, W], weight [K, C, k, k] with k 1 or 3 → [B, K, H, W], zeros around the border.</summary>
    public static Tensor Convolve(Tensor x, Tensor weight, Tensor? bias)
    {
        var shape = weight.Shape;
        var own = shape[2] == 3 ? Convolution3x3 : Convolution1x1;
        if (
            own is not null
            && !x.Device.IsCuda
            && x.DType == DType.Float32
            && shape[1] >= LeastChannels
            && (shape[2] == 1 || shape[0] >= LeastChannels)
        )
            return own.Call(x, weight, bias);
        var border = (int)shape[2] / 2;
        return x.Conv2d(weight, bias, new ConvGeometry { Padding = (border, border) });
    }

    /// <summary>Batch norm with the batch's own statistics and, before or after it, ReLU; [B, C, H, W].</summary>
    public static Tensor Normalize(Tensor x, Tensor weight, Tensor bias, Relu relu)
    {
        const double momentum = 0.1,
            epsilon = 1e-5;
        if (NormRelu is not null && !x.Device.IsCuda && x.DType == DType.Float32)
            return NormRelu.Call(x, weight, bias, Argument.None, Argument.None, momentum, epsilon, (long)relu);
        var input = relu == Relu.Before ? x.Relu() : x;
        var y = LibtorchNorm.Call(input, weight, bias, Argument.None, Argument.None, true, momentum, epsilon, true);
        return relu == Relu.After ? y.Relu() : y;
    }

    /// <summary>Softmax cross-entropy, mean over rows. Scores [N, K], target Int64 [N].</summary>
    public static Tensor CrossEntropy(Tensor scores, Tensor target) =>
        Entropy is not null && !scores.Device.IsCuda
            ? Entropy.Call(scores, target)
            : Losses.CrossEntropy(scores, target);

    /// <summary>Index of the largest score of every row, Int64 [N].</summary>
    public static Tensor Argmax(Tensor scores) =>
        Largest is not null && !scores.Device.IsCuda ? Largest.Call(scores) : scores.Argmax(1);

    private static Operator? Find(string name)
    {
        try
        {
            return new Operator(name);
        }
        catch (TorchException)
        {
            return null;
        }
    }
}

/// <summary>Where a ReLU stands beside a batch norm; numbers as the native operator has them.</summary>
public enum Relu
{
    None = 0,
    Before = 1,
    After = 2,
}
