namespace Coverslip.Torch;

/// <summary>Elementwise arithmetic, comparison and functions; operands broadcast.</summary>
public sealed partial class Tensor
{
    private static readonly Operator AddOp = new("aten::add", "Tensor"),
        AddScalarOp = new("aten::add", "Scalar"),
        SubOp = new("aten::sub", "Tensor"),
        SubScalarOp = new("aten::sub", "Scalar"),
        RsubScalarOp = new("aten::rsub", "Scalar"),
        MulOp = new("aten::mul", "Tensor"),
        MulScalarOp = new("aten::mul", "Scalar"),
        DivOp = new("aten::div", "Tensor"),
        DivScalarOp = new("aten::div", "Scalar"),
        PowOp = new("aten::pow", "Tensor_Scalar"),
        SqrtOp = new("aten::sqrt"),
        ExpOp = new("aten::exp"),
        LogOp = new("aten::log"),
        AbsOp = new("aten::abs"),
        NegOp = new("aten::neg"),
        ClampOp = new("aten::clamp"),
        SquareOp = new("aten::square"),
        EqOp = new("aten::eq", "Tensor"),
        EqScalarOp = new("aten::eq", "Scalar"),
        GtScalarOp = new("aten::gt", "Scalar"),
        AddInPlaceOp = new("aten::add_", "Tensor"),
        MulScalarInPlaceOp = new("aten::mul_", "Scalar"),
        AddScalarInPlaceOp = new("aten::add_", "Scalar"),
        ZeroOp = new("aten::zero_"),
        FillOp = new("aten::fill_", "Scalar"),
        MatmulOp = new("aten::matmul"),
        WhereOp = new("aten::where", "self"),
        UniformOp = new("aten::uniform_"),
        NormalOp = new("aten::normal_");

    public static Tensor operator +(Tensor a, Tensor b) => AddOp.Call(a, b);

    public static Tensor operator +(Tensor a, double b) => AddScalarOp.Call(a, b);

    public static Tensor operator -(Tensor a, Tensor b) => SubOp.Call(a, b);

    public static Tensor operator -(Tensor a, double b) => SubScalarOp.Call(a, b);

    public static Tensor operator -(double a, Tensor b) => RsubScalarOp.Call(b, a);

    public static Tensor operator -(Tensor a) => NegOp.Call(a);

    public static Tensor operator *(Tensor a, Tensor b) => MulOp.Call(a, b);

    public static Tensor operator *(Tensor a, double b) => MulScalarOp.Call(a, b);

    public static Tensor operator *(double a, Tensor b) => MulScalarOp.Call(b, a);

    public static Tensor operator /(Tensor a, Tensor b) => DivOp.Call(a, b);

    public static Tensor operator /(Tensor a, double b) => DivScalarOp.Call(a, b);

    public Tensor Pow(double exponent) => PowOp.Call(this, exponent);

    public Tensor Square() => SquareOp.Call(this);

    public Tensor Sqrt() => SqrtOp.Call(this);

    public Tensor Exp() => ExpOp.Call(this);

    public Tensor Log() => LogOp.Call(this);

    public Tensor Abs() => AbsOp.Call(this);

    /// <summary>Values limited to [minimum, maximum]; null leaves a side open.</summary>
    public Tensor Clamp(double? minimum, double? maximum = null) =>
        ClampOp.Call(this, minimum is { } low ? low : Argument.None, maximum is { } high ? high : Argument.None);

    /// <summary>Whether elements are equal, as Bool.</summary>
    public Tensor EqualTo(Tensor other) => EqOp.Call(this, other);

    /// <inheritdoc cref="EqualTo(Tensor)"/>
    public Tensor EqualTo(double value) => EqScalarOp.Call(this, value);

    /// <summary>Whether elements exceed a number, as Bool.</summary>
    public Tensor GreaterThan(double value) => GtScalarOp.Call(this, value);

    /// <summary>Where the condition (Bool) holds <paramref name="yes"/>, elsewhere <paramref name="no"/>.</summary>
    public static Tensor Where(Tensor condition, Tensor yes, Tensor no) => WhereOp.Call(condition, yes, no);

    /// <summary>Matrix product over the last two dimensions; leading ones broadcast.</summary>
    public Tensor Matmul(Tensor other) => MatmulOp.Call(this, other);

    /// <summary>this += scale · other.</summary>
    public void AddInPlace(Tensor other, double scale = 1) => AddInPlaceOp.Run(this, other, scale);

    /// <summary>this += value, for integral tensors too.</summary>
    public void AddInPlace(long value) => AddScalarInPlaceOp.Run(this, value);

    /// <summary>this *= scale.</summary>
    public void MultiplyInPlace(double scale) => MulScalarInPlaceOp.Run(this, scale);

    public void ZeroInPlace() => ZeroOp.Run(this);

    public void FillInPlace(double value) => FillOp.Run(this, value);

    /// <summary>Fills with draws from [low, high).</summary>
    public void UniformInPlace(double low, double high) => UniformOp.Run(this, low, high);

    /// <summary>Fills with normal draws.</summary>
    public void NormalInPlace(double mean, double deviation) => NormalOp.Run(this, mean, deviation);
}
