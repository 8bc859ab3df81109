using Coverslip.Torch;
using Coverslip.Torch.Native;

namespace Coverslip.Methods.SagaNet.Masks;

/// <summary>3×3 convolutions by Winograd's method where the native library has them, else libtorch's.</summary>
internal static class FastConvolution
{
    // Below this many channels the transformations cost more than the products they save.
    private const int LeastChannels = 16;

    private static readonly Operator? Winograd = Find();

    /// <summary>[B, C, H, W], weight [K, C, 3, 3] → [B, K, H, W], zeros around the border.</summary>
    internal static Tensor Forward3x3(Tensor x, Tensor weight, Tensor? bias)
    {
        var shape = weight.Shape;
        if (Winograd is null || x.Device.IsCuda || x.DType != DType.Float32 || shape[0] < LeastChannels || shape[1] < LeastChannels)
            return x.Conv2d(weight, bias, new ConvGeometry { Padding = (1, 1) });
        var y = Winograd.Call(x, weight);
        return bias is null ? y : y + bias.Reshape(1, -1, 1, 1);
    }

    private static Operator? Find()
    {
        try
        {
            return new Operator("coverslip::conv3x3");
        }
        catch (TorchException)
        {
            return null;
        }
    }
}
