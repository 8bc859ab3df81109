namespace Coverslip.Torch;

/// <summary>Views, joining, indexing.</summary>
public sealed partial class Tensor
{
    private static readonly Operator ReshapeOp = new("aten::reshape"),
        PermuteOp = new("aten::permute"),
        FlattenOp = new("aten::flatten", "using_ints"),
        SqueezeOp = new("aten::squeeze", "dim"),
        UnsqueezeOp = new("aten::unsqueeze"),
        CatOp = new("aten::cat"),
        StackOp = new("aten::stack"),
        NarrowOp = new("aten::narrow"),
        SelectOp = new("aten::select", "int"),
        ChunkOp = new("aten::chunk"),
        ExpandOp = new("aten::expand"),
        IndexSelectOp = new("aten::index_select"),
        GatherOp = new("aten::gather"),
        FlipOp = new("aten::flip"),
        Rot90Op = new("aten::rot90"),
        TransposeOp = new("aten::transpose", "int"),
        ScatterAddOp = new("aten::scatter_add_"),
        OneHotOp = new("aten::one_hot"),
        PadOp = new("aten::constant_pad_nd"),
        RollOp = new("aten::roll");

    /// <summary>Another shape of as many elements; one side may be −1.</summary>
    public Tensor Reshape(params long[] shape) => ReshapeOp.Call(this, shape);

    public Tensor Permute(params long[] order) => PermuteOp.Call(this, order);

    public Tensor Transpose(int first, int second) => TransposeOp.Call(this, (long)first, (long)second);

    /// <summary>Joins the dimensions from <paramref name="first"/> to <paramref name="last"/> into one.</summary>
    public Tensor Flatten(int first = 0, int last = -1) => FlattenOp.Call(this, (long)first, (long)last);

    public Tensor Squeeze(int dimension) => SqueezeOp.Call(this, (long)dimension);

    public Tensor Unsqueeze(int dimension) => UnsqueezeOp.Call(this, (long)dimension);

    public Tensor Expand(params long[] shape) => ExpandOp.Call(this, shape);

    /// <summary>A range of one dimension, as a view.</summary>
    public Tensor Narrow(int dimension, long start, long length) => NarrowOp.Call(this, (long)dimension, start, length);

    /// <summary>One index of one dimension, which goes.</summary>
    public Tensor Select(int dimension, long index) => SelectOp.Call(this, (long)dimension, index);

    /// <summary>Splits a dimension into equal parts, as views.</summary>
    public Tensor[] Chunk(int parts, int dimension) => ChunkOp.CallMany(this, (long)parts, (long)dimension)!;

    /// <summary>Rows (of any dimension) by index, Int64 [N].</summary>
    public Tensor IndexSelect(int dimension, Tensor index) => IndexSelectOp.Call(this, (long)dimension, index);

    /// <summary>Elements picked along a dimension by an index of equal rank.</summary>
    public Tensor Gather(int dimension, Tensor index) => GatherOp.Call(this, (long)dimension, index);

    /// <summary>this[index] += source along a dimension.</summary>
    public void ScatterAddInPlace(int dimension, Tensor index, Tensor source) =>
        ScatterAddOp.Run(this, (long)dimension, index, source);

    public Tensor Flip(params long[] dimensions) => FlipOp.Call(this, dimensions);

    /// <summary>Rotated by quarter turns in the plane of two dimensions.</summary>
    public Tensor Rotate90(int turns, long first, long second) =>
        Rot90Op.Call(this, (long)turns, new[] { first, second });

    /// <summary>Elements moved cyclically along dimensions.</summary>
    public Tensor Roll(long[] shifts, long[] dimensions) => RollOp.Call(this, shifts, dimensions);

    /// <summary>Padded with a constant; pairs (before, after) from the last dimension on.</summary>
    public Tensor Pad(long[] pads, double value = 0) => PadOp.Call(this, pads, value);

    /// <summary>Int64 [..] to Int64 [.., classes].</summary>
    public Tensor OneHot(long classes) => OneHotOp.Call(this, classes);

    /// <summary>Joined along an existing dimension.</summary>
    public static Tensor Cat(Tensor[] tensors, int dimension) => CatOp.Call(tensors, (long)dimension);

    /// <summary>Joined along a new dimension.</summary>
    public static Tensor Stack(Tensor[] tensors, int dimension) => StackOp.Call(tensors, (long)dimension);
}
