using Coverslip.Torch;

namespace Coverslip.Learning.Loop;

/// <summary>What a <see cref="Precision"/> means to libtorch.</summary>
public static class PrecisionTypes
{
    /// <exception cref="InvalidOperationException">Nothing has chosen yet.</exception>
    public static DType Type(this Precision precision) =>
        precision switch
        {
            Precision.Float32 => DType.Float32,
            Precision.Bfloat16 => DType.BFloat16,
            _ => throw new InvalidOperationException(
                "the recipe's precision is auto, and only 'coverslip train' and 'study' choose; set it to float32 or bfloat16"
            ),
        };

    /// <summary>Computes in it until disposed of.</summary>
    public static Autocast On(this Precision precision, Device device) => new(device, precision.Type());
}
