namespace Coverslip.Torch.Scripts;

/// <summary>One node of an ONNX graph.</summary>
/// <param name="Kind">The operator.</param>
/// <param name="Inputs">Names of values and constants.</param>
/// <param name="Output">The name of its one output.</param>
/// <param name="Attributes">A long, a double, a string or longs each.</param>
internal sealed record OnnxNode(
    string Kind,
    IReadOnlyList<string> Inputs,
    string Output,
    (string Name, object Value)[] Attributes
)
{
    /// <summary>An attribute's value; null without.</summary>
    internal object? this[string name] => Attributes.FirstOrDefault(a => a.Name == name).Value;
}

/// <summary>A tensor in an ONNX file.</summary>
/// <param name="Shape">Its sides; none of a single number.</param>
/// <param name="Type">One of onnx.proto's TensorProto.DataType.</param>
/// <param name="Bytes">Its numbers, little-endian.</param>
internal sealed record OnnxConstant(long[] Shape, OnnxType Type, byte[] Bytes);

/// <summary>Types of tensors, as onnx.proto numbers them.</summary>
internal enum OnnxType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int32 = 6,
    Int64 = 7,
}
