namespace Coverslip.Torch;

/// <summary>Element types; numbers as in c10::ScalarType.</summary>
public enum DType
{
    UInt8 = 0,
    Int8 = 1,
    Int16 = 2,
    Int32 = 3,
    Int64 = 4,
    Float16 = 5,
    Float32 = 6,
    Float64 = 7,
    Bool = 11,
    BFloat16 = 15,
}

/// <summary>How the elements of a 4-d tensor [B, C, H, W] lie in memory; numbers as in c10::MemoryFormat.</summary>
public enum MemoryFormat
{
    /// <summary>Channel planes.</summary>
    Contiguous = 0,

    /// <summary>As it was.</summary>
    Preserve = 1,

    /// <summary>Pixel by pixel; convolutions run faster forward.</summary>
    ChannelsLast = 2,
}

/// <summary>Facts about element types.</summary>
internal static class DTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(this DType type) =>
        type switch
        {
            DType.UInt8 or DType.Int8 or DType.Bool => 1,
            DType.Int16 or DType.Float16 or DType.BFloat16 => 2,
            DType.Int32 or DType.Float32 => 4,
            DType.Int64 or DType.Float64 => 8,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown element type"),
        };

    /// <summary>The element type of a .NET type.</summary>
    internal static DType Of<T>()
        where T : unmanaged =>
        default(T) switch
        {
            byte => DType.UInt8,
            sbyte => DType.Int8,
            short => DType.Int16,
            int => DType.Int32,
            long => DType.Int64,
            Half => DType.Float16,
            float => DType.Float32,
            double => DType.Float64,
            bool => DType.Bool,
            _ => throw new ArgumentException($"no tensor element type for {typeof(T)}"),
        };
}
