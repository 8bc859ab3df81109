using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coverslip.Torch.Scripts;

/// <summary>A graph that grows node by node, and its file as onnx/onnx.proto writes it down.</summary>
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
    private const long Ir = 7;

    /// <summary>Bytes of a file before its graph: the version of the format, and who wrote it.</summary>
    internal const int Beginning = 13;

    private const string Name = "coverslip";

    private readonly List<OnnxNode> nodes = [];
    private readonly Dictionary<string, OnnxConstant> constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> known = new(StringComparer.Ordinal);
    private int named;

    /// <summary>A graph whose nodes are to be named otherwise than those of another, whose constants it shares.</summary>
    /// <param name="like">The other; null of a graph of its own.</param>
    internal OnnxGraphWriter(OnnxGraphWriter? like = null)
    {
        if (like is null)
            return;
        (constants, known, named) = (new(like.constants), new(like.known), like.named);
    }

    /// <summary>In the order in which they are computed.</summary>
    internal IReadOnlyList<OnnxNode> Nodes => nodes;

    /// <summary>The version of the operators that nodes are to be understood by.</summary>
    internal int Opset { get; init; } = OnnxFile.Opset;

    /// <summary>The constant of a name; null of what is computed.</summary>
    internal OnnxConstant? Held(string name) => constants.GetValueOrDefault(name);

    /// <summary>The node's one output.</summary>
    internal string Node(string kind, IReadOnlyList<string> inputs, params (string Name, object Value)[] attributes)
    {
        var node = new OnnxNode(kind, inputs, NewName(), attributes);
        nodes.Add(node);
        return node.Output;
    }

    /// <summary>A node that is made already.</summary>
    internal void Add(OnnxNode node) => nodes.Add(node);

    /// <summary>An initializer; equal ones are one.</summary>
    internal string Constant(Tensor tensor)
    {
        using var scope = new TensorScope();
        var plain = tensor.To(DType.Float32).Contiguous();
        return Hold(new(plain.Shape, OnnxType.Float, Bytes<float>(plain.ToArray<float>())));
    }

    internal string Constant(params long[] values) => Hold(new([values.Length], OnnxType.Int64, Bytes<long>(values)));

    internal string Scalar(double value) => Hold(new([], OnnxType.Float, Bytes<float>([(float)value])));

    internal string Hold(OnnxConstant constant)
    {
        var key =
            $"{constant.Type} {string.Join(',', constant.Shape)} {Convert.ToHexString(SHA256.HashData(constant.Bytes))}";
        if (known.TryGetValue(key, out var name))
            return name;
        known.Add(key, name = NewName());
        constants.Add(name, constant);
        return name;
    }

    internal static byte[] Bytes<T>(ReadOnlySpan<T> values)
        where T : struct => MemoryMarshal.AsBytes(values).ToArray();

    /// <summary>Whether a file of this beginning was written here, in whichever version of the format.</summary>
    internal static bool IsOwn(ReadOnlySpan<byte> beginning) =>
        beginning[0] == 0x08 && beginning[1] < 0x80 && beginning[2..].SequenceEqual("\u0012\tcoverslip"u8); // 9 letters

    /// <summary>Writes the file's bytes: float32 from one input to outputs, all with any number of rows.</summary>
    internal void Write(
        Stream stream,
        (string Name, long[] Shape) input,
        IReadOnlyList<(string Name, string Value, long[] Shape)> outputs,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        var graph = new ProtobufMessage().Text(GraphName, Name);
        foreach (var node in nodes)
            graph.Part(GraphNode, Message(node));
        foreach (var (name, value, _) in outputs)
            graph.Part(GraphNode, Message(new("Identity", [value], name, [])));
        // Only what a node reads.
        var read = nodes.SelectMany(n => n.Inputs).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, constant) in constants)
            if (read.Contains(name))
                graph.Part(GraphInitializer, Message(name, constant));
        graph.Part(GraphInput, Value(input.Name, input.Shape));
        foreach (var output in outputs)
            graph.Part(GraphOutput, Value(output.Name, output.Shape));
        var model = new ProtobufMessage().Number(IrVersion, Ir).Text(Producer, Name).Part(ModelGraph, graph);
        model.Part(ModelOpset, new ProtobufMessage().Text(1, "").Number(2, Opset));
        foreach (var (key, value) in metadata)
            model.Part(ModelMetadata, new ProtobufMessage().Text(1, key).Text(2, value));
        model.WriteTo(stream);
    }

    private static ProtobufMessage Message(OnnxNode node)
    {
        var message = new ProtobufMessage();
        foreach (var input in node.Inputs)
            message.Text(1, input);
        message.Text(2, node.Output).Text(4, node.Kind);
        foreach (var (name, value) in node.Attributes)
            message.Part(5, Attribute(name, value));
        return message;
    }

    private static ProtobufMessage Message(string name, OnnxConstant constant)
    {
        var tensor = new ProtobufMessage();
        foreach (var side in constant.Shape)
            tensor.Number(1, side);
        return tensor.Number(2, (long)constant.Type).Text(8, name).Raw(9, constant.Bytes);
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
        var type = new ProtobufMessage().Number(1, (long)OnnxType.Float).Part(2, sides);
        return new ProtobufMessage().Text(1, name).Part(2, new ProtobufMessage().Part(1, type));
    }

    private string NewName() => "v" + named++.ToString(CultureInfo.InvariantCulture);
}
