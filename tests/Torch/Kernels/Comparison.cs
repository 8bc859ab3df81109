namespace Coverslip.Torch.Tests.Kernels;

/// <summary>
/// An operator of native/torch against a reference of libtorch's that computes in float64 from the same numbers:
/// relative errors of the norm, of the output and of every operand's gradient.
/// </summary>
internal static class Comparison
{
    /// <param name="own">Of the operands, the operator's output.</param>
    /// <param name="reference">The same by libtorch's operators; its operands are float64.</param>
    /// <param name="operands">In the types and layouts that the operator meets.</param>
    /// <param name="limit">The largest relative error of a norm.</param>
    internal static void Agree(
        Func<Tensor[], Tensor> own,
        Func<Tensor[], Tensor> reference,
        Tensor[] operands,
        double limit
    )
    {
        using var scope = new TensorScope();
        var mine = Leaves(operands, null);
        var y = own(mine);
        var flowing = Tensor.Randn(y.Shape).To(y.DType);
        if (y.Shape.Length == 4)
            flowing = flowing.Contiguous(MemoryFormat.ChannelsLast);
        y.Backward(flowing);
        var theirs = Leaves(operands, DType.Float64);
        var wanted = reference(theirs);
        wanted.Backward(flowing.To(DType.Float64));
        Close("output", y, wanted, limit);
        for (var i = 0; i < operands.Length; i++)
        {
            Assert.Equal(operands[i].DType, mine[i].Gradient!.DType);
            Close($"gradient of operand {i}", mine[i].Gradient!, theirs[i].Gradient!, limit);
        }
    }

    /// <summary>Fails where |own − wanted| exceeds the limit times |wanted|.</summary>
    internal static void Close(string name, Tensor own, Tensor wanted, double limit)
    {
        using var scope = new TensorScope();
        Assert.Equal(wanted.Shape, own.Shape);
        var off = (own.Detach().To(DType.Float64) - wanted.Detach()).Norm().Item();
        var all = wanted.Detach().Norm().Item();
        Assert.True(off <= limit * all, $"{name}: {off / all:0.0e+0} of its norm, allowed is {limit:0.0e+0}");
    }

    /// <summary>Standard normal numbers, pixel by pixel in memory.</summary>
    internal static Tensor Image(params long[] shape) => Tensor.Randn(shape).Contiguous(MemoryFormat.ChannelsLast);

    private static Tensor[] Leaves(Tensor[] operands, DType? type)
    {
        var leaves = operands.Select(o => type is { } other ? o.Detach().To(other) : o.Detach()).ToArray();
        foreach (var leaf in leaves)
            leaf.RequiresGrad = true;
        return leaves;
    }
}
