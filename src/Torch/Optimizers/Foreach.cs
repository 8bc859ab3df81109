namespace Coverslip.Torch.Optimizers;

/// <summary>libtorch's operators over lists of tensors: one call for all parameters, fused on GPUs.</summary>
internal static class Foreach
{
    private static readonly Operator AddListInPlace = new("aten::_foreach_add_", "List"),
        AddScalarInPlace = new("aten::_foreach_add_", "Scalar"),
        AddList = new("aten::_foreach_add", "List"),
        MulScalarInPlace = new("aten::_foreach_mul_", "Scalar"),
        AddcmulInPlace = new("aten::_foreach_addcmul_", "Scalar"),
        AddcdivInPlace = new("aten::_foreach_addcdiv_", "Scalar"),
        SqrtOp = new("aten::_foreach_sqrt"),
        SqrtInPlaceOp = new("aten::_foreach_sqrt_"),
        AddScalar = new("aten::_foreach_add", "Scalar");

    private const int Most = 60; // a boxed call returns at most 64 tensors

    internal static void AddInPlace(Tensor[] to, Tensor[] other, double scale) => AddListInPlace.Run(to, other, scale);

    internal static void AddInPlace(Tensor[] to, double value) => AddScalarInPlace.Run(to, value);

    internal static void MultiplyInPlace(Tensor[] to, double factor) => MulScalarInPlace.Run(to, factor);

    /// <summary>to += scale · a · b.</summary>
    internal static void AddProductInPlace(Tensor[] to, Tensor[] a, Tensor[] b, double scale) =>
        AddcmulInPlace.Run(to, a, b, scale);

    /// <summary>to += scale · a / b.</summary>
    internal static void AddQuotientInPlace(Tensor[] to, Tensor[] a, Tensor[] b, double scale) =>
        AddcdivInPlace.Run(to, a, b, scale);

    internal static void SqrtInPlace(Tensor[] of) => SqrtInPlaceOp.Run(of);

    internal static Tensor[] Sqrt(Tensor[] of) => InParts(of, part => SqrtOp.CallMany(part)!);

    /// <summary>a + scale · b, as new tensors.</summary>
    internal static Tensor[] Add(Tensor[] a, Tensor[] b, double scale)
    {
        var start = 0;
        return InParts(
            a,
            part =>
            {
                var sum = AddList.CallMany(part, b[start..(start + part.Length)], scale)!;
                start += part.Length;
                return sum!;
            }
        );
    }

    internal static Tensor[] Add(Tensor[] a, double value) => InParts(a, part => AddScalar.CallMany(part, value)!);

    private static Tensor[] InParts(Tensor[] all, Func<Tensor[], Tensor[]> operation)
    {
        if (all.Length <= Most)
            return operation(all);
        return [.. all.Chunk(Most).SelectMany(operation)];
    }
}
