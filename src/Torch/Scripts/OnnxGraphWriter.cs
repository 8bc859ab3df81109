using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coverslip.Torch.Scripts;

/// <summary>A graph that grows node by node, as onnx/onnx.proto writes it down.</summary>
internal sealed class OnnxGraphWriter
{
    // Fields of onnx.proto's ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto and ValueInfoProto.
    private const int IrVersion = 1,
        Producer = 2,
        ModelGraph = 7,
        ModelOpset = 8,
        ModelMetadata = 14,
        GraphNode = 1,
        GraphName = 2,
        GraphInitializer = 5,
        GraphInput = 11,
        GraphOutput = 12;
    private const long Ir = 7,
        FloatType = 1,
        LongType = 7;

    private readonly ProtobufMessage graph = new();
    private readonly Dictionary<string, string> constants = new(StringComparer.Ordinal);
    private int named;

    internal OnnxGraphWriter(string name) => graph.Text(GraphName, name);

    /// <summary>The node's one output.</summary>
    internal string Node(string kind, IReadOnlyList<string> inputs, params (string Name, object Value)[] attributes)
    {
        var output = NewName();
        var node = new ProtobufMessage();
        foreach (var input in inputs)
            node.Text(1, input);
        node.Text(2, output).Text(4, kind);
        foreach (var (name, value) in attributes)
            node.Part(5, Attribute(name, value));
        graph.Part(GraphNode, node);
        return output;
    }

    /// <summary>An initializer; equal ones are one.</summary>
    internal string Constant(Tensor tensor)
    {
        using var scope = new TensorScope();
        var plain = tensor.To(DType.Float32).Contiguous();
        return Constant(plain.Shape, FloatType, MemoryMarshal.AsBytes(plain.ToArray<float>().AsSpan()));
    }

    internal string Constant(params long[] values) =>
        Constant([values.Length], LongType, MemoryMarshal.AsBytes(values.AsSpan()));

    internal string Scalar(double value) => Constant([], FloatType, MemoryMarshal.AsBytes<float>([(float)value]));

    /// <summary>Writes the file's bytes: float32 from one input to one output, both with any number of rows.</summary>
    internal void Write(
        Stream stream,
        (string Name, long[] Shape) input,
        (string Name, string Value, long[] Shape) output,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        graph.Part(GraphNode, new ProtobufMessage().Text(1, output.Value).Text(2, output.Name).Text(4, "Identity"));
        graph.Part(GraphInput, Value(input.Name, input.Shape)).Part(GraphOutput, Value(output.Name, output.Shape));
        var model = new ProtobufMessage().Number(IrVersion, Ir).Text(Producer, "coverslip").Part(ModelGraph, graph);
        model.Part(ModelOpset, new ProtobufMessage().Text(1, "").Number(2, OnnxFile.Opset));
        foreach (var (key, value) in metadata)
            model.Part(ModelMetadata, new ProtobufMessage().Text(1, key).Text(2, value));
        model.WriteTo(stream);
    }

    private string Constant(long[] shape, long type, ReadOnlySpan<byte> bytes)
    {
        var key = $"{type} {string.Join(',', shape)} {Convert.ToHexString(SHA256.HashData(bytes))}";
        if (constants.TryGetValue(key, out var name))
            return name;
        constants.Add(key, name = NewName());
        var tensor = new ProtobufMessage();
        foreach (var side in shape)
            tensor.Number(1, side);
        graph.Part(GraphInitializer, tensor.Number(2, type).Text(8, name).Raw(9, bytes));
        return name;
    }

    private static ProtobufMessage Attribute(string name, object value)
    {
        const int integer = 2,
            real = 1,
            text = 3,
            integers = 7;
        var attribute = new ProtobufMessage().Text(1, name);
        switch (value)
        {
            case long number:
                return attribute.Number(3, number).Number(20, integer);
            case double number:
                return attribute.Float(2, (float)number).Number(20, real);
            case string word:
                return attribute.Text(4, word).Number(20, text);
            default:
                foreach (var number in (long[])value)
                    attribute.Number(8, number);
                return attribute.Number(20, integers);
        }
    }

    // The first side is the number of images, of any number.
    private static ProtobufMessage Value(string name, long[] shape)
    {
        var sides = new ProtobufMessage();
        foreach (var (i, side) in shape.Index())
            sides.Part(1, i == 0 ? new ProtobufMessage().Text(2, "images") : new ProtobufMessage().Number(1, side));
        var type = new ProtobufMessage().Number(1, FloatType).Part(2, sides);
        return new ProtobufMessage().Text(1, name).Part(2, new ProtobufMessage().Part(1, type));
    }

    private string NewName() => "v" + named++.ToString(CultureInfo.InvariantCulture);
}
