using Coverslip.Torch;

namespace Coverslip.Learning.Loop;

/// <summary>What a <see cref="Precision"/> means to libtorch.</summary>
public static class PrecisionTypes
{
    public static DType Type(this Precision precision) =>
        precision == Precision.Bfloat16 ? DType.BFloat16 : DType.Float32;

    /// <summary>Computes in it until disposed of.</summary>
    public static Autocast On(this Precision precision, Device device) => new(device, precision.Type());
}
