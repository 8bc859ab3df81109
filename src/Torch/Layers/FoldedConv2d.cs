using System.Runtime.Intrinsics.X86;

namespace Coverslip.Torch.Layers;

/// <summary>
/// A convolution for evaluation alone: the batch normalization behind it multiplied into its weights (folded in float64),
/// the weights in the type and, on the processor, in the layout in which they are computed with.
/// </summary>
internal sealed unsafe class FoldedConv2d : IDisposable
{
    private readonly Tensor weight;
    private readonly Tensor? bias;
    private readonly ConvGeometry geometry;
    private readonly Activation activation;
    private readonly DType type;
    private PackedHandle? packed;
    private bool chosen;

    /// <param name="convolution">Its weights and how its kernel walks.</param>
    /// <param name="norm">Behind it; null where there is none.</param>
    /// <param name="activation">Behind both.</param>
    /// <param name="type">Float32, or a shorter type.</param>
    internal FoldedConv2d(Conv2d convolution, BatchNorm2d? norm, Activation activation, DType type)
    {
        (geometry, this.activation, this.type) = (convolution.Geometry, activation, type);
        using var off = new NoGradient();
        using var scope = new TensorScope();
        var (weights, constant) = (convolution.Weight.To(DType.Float64), convolution.Bias?.To(DType.Float64));
        if (norm is not null)
        {
            var (scale, offset) = norm.Affine();
            weights *= scale.Reshape(-1, 1, 1, 1);
            constant = constant is null ? offset : constant * scale + offset;
        }
        weight = scope.Detach(weights.To(type).Contiguous(MemoryFormat.ChannelsLast));
        bias = constant is null ? null : scope.Detach(constant.To(type));
    }

    /// <summary>[B, in, H, W] → [B, out, H', W'] in the folded type.</summary>
    internal Tensor Forward(Tensor x)
    {
        if (x.DType != type)
            x = x.To(type);
        if (!chosen)
            Pack(x);
        var relu = activation == Activation.Relu;
        if (packed is null)
        {
            var y = x.Conv2d(weight, bias, geometry);
            if (relu)
                y.ReluInPlace();
            else if (activation == Activation.Relu6)
                y.Relu6InPlace();
            return y;
        }
        nint result = 0;
        var code = NativeMethods.ct_conv_run(packed.DangerousGetHandle(), x.Pointer, &result);
        GC.KeepAlive(x);
        GC.KeepAlive(this);
        NativeMethods.Check(code);
        var output = Tensor.Own(result);
        if (activation == Activation.Relu6)
            output.Relu6InPlace();
        return output;
    }

    public void Dispose()
    {
        packed?.Dispose();
        weight.Dispose();
        bias?.Dispose();
    }

    // oneDNN chooses the layout for the first image's size; it computes others with the same weights.
    private void Pack(Tensor x)
    {
        chosen = true;
        var shorter = type == DType.BFloat16 && Avx512BW.VL.IsSupported && Avx512DQ.IsSupported;
        if (x.Device.IsCuda || !(type == DType.Float32 || shorter))
            return;
        var (stride, dilation, padding) = (geometry.Stride, geometry.Dilation, geometry.Padding);
        var walk = stackalloc long[]
        {
            stride,
            stride,
            padding.Rows,
            padding.Columns,
            dilation,
            dilation,
            geometry.Groups,
        };
        nint result = 0;
        var relu = activation == Activation.Relu ? 1 : 0;
        fixed (long* shape = x.Shape)
            NativeMethods.Check(
                NativeMethods.ct_conv_pack(weight.Pointer, bias?.Pointer ?? 0, walk, shape, relu, &result)
            );
        packed = result == 0 ? null : new PackedHandle(result);
    }

    private sealed class PackedHandle : System.Runtime.InteropServices.SafeHandle
    {
        internal PackedHandle(nint pointer)
            : base(0, ownsHandle: true) => SetHandle(pointer);

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            NativeMethods.ct_conv_release(handle);
            return true;
        }
    }
}
