namespace Coverslip.Torch;

/// <summary>Sums, means, extremes.</summary>
public sealed partial class Tensor
{
    private static readonly Operator SumOp = new("aten::sum"),
        SumDimOp = new("aten::sum", "dim_IntList"),
        MeanOp = new("aten::mean"),
        MeanDimOp = new("aten::mean", "dim"),
        MaxOp = new("aten::max"),
        MinOp = new("aten::min"),
        ArgmaxOp = new("aten::argmax"),
        OwnArgmaxOp = new("coverslip::argmax"),
        AmaxOp = new("aten::amax"),
        NormDimOp = new("aten::norm", "ScalarOpt_dim"),
        NormOp = new("aten::norm", "Scalar"),
        VarDimOp = new("aten::var", "dim"),
        BincountOp = new("aten::bincount");

    public Tensor Sum() => SumOp.Call(this);

    public Tensor Sum(long[] dimensions, bool keep = false) => SumDimOp.Call(this, dimensions, keep);

    public Tensor Mean() => MeanOp.Call(this);

    public Tensor Mean(long[] dimensions, bool keep = false) => MeanDimOp.Call(this, dimensions, keep);

    /// <summary>Variance along dimensions, with Bessel's correction or without.</summary>
    public Tensor Variance(long[] dimensions, bool unbiased = true, bool keep = false) =>
        VarDimOp.Call(this, dimensions, unbiased, keep);

    public Tensor Max() => MaxOp.Call(this);

    public Tensor Max(long[] dimensions, bool keep = false) => AmaxOp.Call(this, dimensions, keep);

    public Tensor Min() => MinOp.Call(this);

    /// <summary>Index of the largest element along a dimension, of equals the first, Int64.</summary>
    public Tensor Argmax(int dimension, bool keep = false) =>
        dimension == 1 && !keep && Shape.Length == 2 && ServedByOwnOperators
            ? OwnArgmaxOp.Call(this)
            : ArgmaxOp.Call(this, (long)dimension, keep);

    /// <summary>Euclidean norm of all elements.</summary>
    public Tensor Norm() => NormOp.Call(this, 2.0);

    /// <summary>Euclidean norm along dimensions.</summary>
    public Tensor Norm(long[] dimensions, bool keep = false) => NormDimOp.Call(this, 2.0, dimensions, keep);

    /// <summary>How often each number from 0 occurs in Int64 [N]; at least <paramref name="length"/> bins.</summary>
    public Tensor Bincount(long length) => BincountOp.Call(this, Argument.None, length);
}
