using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Coverslip.Torch.Layers;

/// <summary>
/// A convolution for evaluation alone: the batch normalization behind it multiplied into its weights (folded in float64),
/// the weights in the type and, on the processor, in the layout in which they are computed with; what stands behind it,
/// <c>activation(y + added)</c>, in the same pass where native/torch's own kernels compute.
/// </summary>
internal sealed unsafe class FoldedConv2d : IDisposable
{
    private readonly Tensor weight;
    private readonly Tensor? bias;
    private readonly ConvGeometry geometry;
    private readonly Behind behind;
    private readonly DType type;
    private readonly Dictionary<(bool Own, bool Adds), PackedHandle> packed = [];

    /// <param name="convolution">Its weights and how its kernel walks.</param>
    /// <param name="behind">What stands behind it.</param>
    /// <param name="type">Float32, or a shorter type.</param>
    internal FoldedConv2d(Conv2d convolution, Behind behind, DType type)
        : this(convolution.Geometry, behind, type, () => (convolution.Weight, convolution.Bias)) { }

    /// <param name="geometry">How the kernel walks.</param>
    /// <param name="behind">What stands behind it.</param>
    /// <param name="type">Float32, or a shorter type.</param>
    /// <param name="parameters">Weight [out, in / groups, kH, kW] and bias [out].</param>
    internal FoldedConv2d(ConvGeometry geometry, Behind behind, DType type, Func<(Tensor, Tensor?)> parameters)
    {
        (this.geometry, this.behind, this.type) = (geometry, behind, type);
        using var off = new NoGradient();
        using var scope = new TensorScope();
        var (weights, constant) = parameters();
        (weights, constant) = (weights.To(DType.Float64), constant?.To(DType.Float64));
        if (behind.Norm is { } norm)
        {
            var (scale, offset) = norm.Affine();
            weights *= scale.Reshape(-1, 1, 1, 1);
            constant = constant is null ? offset : constant * scale + offset;
        }
        weight = scope.Detach(weights.To(type).Contiguous(MemoryFormat.ChannelsLast));
        bias = constant is null ? null : scope.Detach(constant.To(type));
    }

    /// <summary>Whether native/torch's own kernels compute it in float32 whatever <see cref="OwnConvolution"/> says.</summary>
    internal bool AlwaysOwn { get; init; }

    /// <summary>[B, in, H, W] → [B, out, H', W'] in the folded type.</summary>
    /// <param name="x">[B, in, H, W].</param>
    /// <param name="added">Of the output's shape; null: nothing is added.</param>
    internal Tensor Forward(Tensor x, Tensor? added = null)
    {
        if (x.DType != type)
            x = x.To(type);
        if (added is not null && added.DType != type)
            added = added.To(type);
        if (Packed(x, added is not null) is not { } handle)
            return behind.Activation.InPlace(Plus(x.Conv2d(weight, bias, geometry), added));
        nint result = 0;
        var code = NativeMethods.ct_conv_run(handle.DangerousGetHandle(), x.Pointer, added?.Pointer ?? 0, &result);
        GC.KeepAlive(x);
        GC.KeepAlive(added);
        GC.KeepAlive(this);
        NativeMethods.Check(code);
        return Tensor.Own(result);
    }

    public void Dispose()
    {
        foreach (var handle in packed.Values)
            handle.Dispose();
        weight.Dispose();
        bias?.Dispose();
    }

    private static Tensor Plus(Tensor y, Tensor? added)
    {
        if (added is not null)
            y.AddInPlace(added);
        return y;
    }

    // oneDNN chooses the layout for the first image's size; it computes others with the same weights. Null: libtorch's
    // own convolution.
    private PackedHandle? Packed(Tensor x, bool adds)
    {
        var own =
            type == DType.BFloat16
                ? x.NormServedByOwnOperators && OwnConvolution.PaysShort(weight.Shape, geometry, x.Shape)
                : x.ServedByOwnOperators && (AlwaysOwn || OwnConvolution.Pays(weight.Shape, geometry, x.Shape, adds));
        // Batches beside each other meet it for the first time together.
        lock (packed)
            return Packed(x, own, adds);
    }

    private PackedHandle? Packed(Tensor x, bool own, bool adds)
    {
        if (packed.TryGetValue((own, adds), out var handle))
            return handle.IsInvalid ? null : handle;
        var shorter = type == DType.BFloat16 && Avx512BW.VL.IsSupported && Avx512DQ.IsSupported;
        if (Tracing.IsOn || x.Device.IsCuda || !(type == DType.Float32 || shorter || own))
            return null;
        using var scope = new TensorScope();
        // Our own kernels have weights of float32, and multiply in it.
        var (weights, constant) = own ? (weight.To(DType.Float32), bias?.To(DType.Float32)) : (weight, bias);
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
            (long)behind.Activation,
            adds ? 1 : 0,
            own ? 1 : 0,
        };
        nint result = 0;
        fixed (long* shape = x.Shape)
            NativeMethods.Check(
                NativeMethods.ct_conv_pack(weights.Pointer, constant?.Pointer ?? 0, walk, shape, &result)
            );
        packed.Add((own, adds), handle = new PackedHandle(result));
        return result == 0 ? null : handle;
    }

    private sealed class PackedHandle : SafeHandle
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

/// <summary>What stands behind a convolution: activation(norm(y) + added).</summary>
internal readonly record struct Behind(BatchNorm2d? Norm, Activation Activation);
