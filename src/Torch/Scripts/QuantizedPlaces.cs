namespace Coverslip.Torch.Scripts;

/// <summary>
/// Which values of a recorded network are kept in eight bits: what convolutions read and write, and what goes from one to the
/// next through operators that ONNX Runtime computes in eight bits, too.
/// </summary>
internal sealed class QuantizedPlaces
{
    private readonly HashSet<string> kept = new(StringComparer.Ordinal);
    private readonly HashSet<OnnxNode> convolutions = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, string> rangeOf = new(StringComparer.Ordinal);

    /// <param name="graph">As it was recorded, opset 10.</param>
    /// <param name="output">The network's output, which stays in float32.</param>
    /// <param name="inFloat32">Places, among the convolutions in their order, of those that stay in float32, too.</param>
    internal QuantizedPlaces(OnnxGraphWriter graph, string output, IReadOnlySet<int> inFloat32)
    {
        OnnxNode[] all = [.. graph.Nodes.Where(n => IsConvolution(graph, n))];
        convolutions.UnionWith(all.Where((_, place) => !inFloat32.Contains(place)));
        var readers = graph
            .Nodes.SelectMany(n => n.Inputs.Select(i => (Value: i, Node: n)))
            .ToLookup(r => r.Value, r => r.Node, StringComparer.Ordinal);
        // What is written is what comes after a bound that eight bits keep by themselves.
        string Written(OnnxNode node) =>
            readers[node.Output].ToArray() is [{ Kind: "Relu" or "Clip" } bound] ? bound.Output : node.Output;
        foreach (var node in graph.Nodes)
        {
            if (Holds(node))
                Keep(node.Inputs[0]);
            if (
                Holds(node)
                || (
                    node.Kind is "Add" or "Concat" or "MaxPool" or "AveragePool" or "GlobalAveragePool"
                    && node.Inputs.All(kept.Contains)
                )
            )
                Keep(Written(node));
            // The greatest of numbers in a scale has the same scale: nothing is computed on the way.
            if (node.Kind == "MaxPool" && kept.Contains(node.Output) && kept.Contains(node.Inputs[0]))
                rangeOf[node.Output] = RangeOf(node.Inputs[0]);
        }
        kept.Remove(output);
    }

    /// <summary>How many convolutions are over whole numbers.</summary>
    internal int Convolutions => convolutions.Count;

    /// <summary>Values in eight bits.</summary>
    internal IReadOnlyCollection<string> Kept => kept;

    internal bool Holds(OnnxNode convolution) => convolutions.Contains(convolution);

    internal bool Holds(string value) => kept.Contains(value);

    /// <summary>The value whose range a kept one has.</summary>
    internal string RangeOf(string value) => rangeOf.GetValueOrDefault(value, value);

    private static bool IsConvolution(OnnxGraphWriter graph, OnnxNode node) =>
        node.Kind == "Conv" && graph.Held(node.Inputs[1]) is not null && graph.Held(node.Inputs[0]) is null;

    private void Keep(string value) => kept.Add(value);
}
