using System.Text;

namespace Coverslip.Torch.Checkpoints;

/// <summary>One computation of an ONNX graph.</summary>
/// <param name="Operator">Its operator, such as <c>Conv</c>.</param>
/// <param name="Inputs">Names of values, of weights as in <see cref="OnnxGraph.Weights"/>.</param>
/// <param name="Outputs">Names of values.</param>
public sealed record OnnxNode(string Operator, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs);

/// <summary>
/// Computations and float32 weights of an ONNX file (onnx/onnx.proto), enough to take a network's weights over; it does
/// not run.
/// </summary>
/// <param name="Nodes">In the order of computation.</param>
/// <param name="Weights">By name. An open <see cref="TensorScope"/> owns them, else the caller.</param>
public sealed record OnnxGraph(IReadOnlyList<OnnxNode> Nodes, IReadOnlyDictionary<string, Tensor> Weights)
{
    // Numbers of fields in onnx.proto's ModelProto, GraphProto, NodeProto and TensorProto.
    private const int ModelGraph = 7,
        GraphNode = 1,
        GraphInitializer = 5,
        NodeInput = 1,
        NodeOutput = 2,
        NodeOperator = 4,
        TensorDimensions = 1,
        TensorType = 2,
        TensorName = 8,
        TensorBytes = 9,
        TensorFloats = 4,
        Float32 = 1;

    /// <exception cref="InvalidDataException">It is none, or has weights of another type than float32.</exception>
    public static OnnxGraph Read(string path)
    {
        var (nodes, weights) = (new List<OnnxNode>(), new Dictionary<string, Tensor>(StringComparer.Ordinal));
        var found = false;
        for (var model = new ProtobufFields(File.ReadAllBytes(path), path); model.Next(); )
        {
            if (model.Number != ModelGraph)
                continue;
            found = true;
            for (var graph = new ProtobufFields(model.Bytes, path); graph.Next(); )
                if (graph.Number == GraphNode)
                    nodes.Add(Node(graph.Bytes, path));
                else if (graph.Number == GraphInitializer)
                    AddWeight(weights, graph.Bytes, path);
        }
        return found ? new(nodes, weights) : throw new InvalidDataException($"{path} is no ONNX file: it has no graph");
    }

    private static OnnxNode Node(ReadOnlySpan<byte> message, string path)
    {
        var (operation, inputs, outputs) = ("", new List<string>(), new List<string>());
        for (var node = new ProtobufFields(message, path); node.Next(); )
            if (node.Number == NodeInput)
                inputs.Add(Encoding.UTF8.GetString(node.Bytes));
            else if (node.Number == NodeOutput)
                outputs.Add(Encoding.UTF8.GetString(node.Bytes));
            else if (node.Number == NodeOperator)
                operation = Encoding.UTF8.GetString(node.Bytes);
        return new(operation, inputs, outputs);
    }

    private static void AddWeight(Dictionary<string, Tensor> to, ReadOnlySpan<byte> message, string path)
    {
        var (name, shape, type) = ("", new List<long>(), 0L);
        ReadOnlySpan<byte> elements = default;
        for (var tensor = new ProtobufFields(message, path); tensor.Next(); )
            if (tensor.Number == TensorName)
                name = Encoding.UTF8.GetString(tensor.Bytes);
            else if (tensor.Number == TensorDimensions)
                shape.AddRange(tensor.Numbers());
            else if (tensor.Number == TensorType)
                type = tensor.Value;
            else if (tensor.Number is TensorBytes or TensorFloats)
                elements = tensor.Bytes;
        if (type != Float32)
            return; // shapes and axes of computations, which are no weights
        var values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(elements);
        if (values.Length != shape.Aggregate(1L, (count, side) => count * side))
            throw new InvalidDataException(
                $"{path}: weight '{name}' [{string.Join(", ", shape)}] has {values.Length} numbers in the file; weights beside it, and sparse ones, are not read"
            );
        to[name] = Tensor.From(values, [.. shape]);
    }
}
