namespace Coverslip.Torch.Scripts;

/// <summary>Nodes of opset 10 as opset 13 has them: numbers that were attributes have become inputs.</summary>
internal static class OnnxOpset13
{
    internal const int Opset = 13;

    /// <param name="graph">Where constants go.</param>
    /// <param name="node">As of opset 10.</param>
    internal static OnnxNode Raised(OnnxGraphWriter graph, OnnxNode node) =>
        node.Kind switch
        {
            "Clip" => With(graph, node, ["min", "max"]),
            "Pad" => With(graph, node, ["pads", "value"]),
            "Squeeze" or "Unsqueeze" or "ReduceSum" => With(graph, node, ["axes"]),
            // Sizes are rounded down to places, as opset 10 did without saying.
            "Resize" => node with
            {
                Inputs = [node.Inputs[0], "", node.Inputs[1]],
                Attributes =
                [
                    .. node.Attributes,
                    ("coordinate_transformation_mode", "asymmetric"),
                    ("nearest_mode", "floor"),
                ],
            },
            _ => node,
        };

    private static OnnxNode With(OnnxGraphWriter graph, OnnxNode node, string[] names)
    {
        string Given(string name) =>
            node[name] switch
            {
                null => "",
                double number => graph.Scalar(number),
                var numbers => graph.Constant((long[])numbers),
            };
        string[] inputs = [.. node.Inputs, .. names.Select(Given)];
        return node with
        {
            Inputs = [.. inputs[..(Array.FindLastIndex(inputs, i => i.Length > 0) + 1)]],
            Attributes = [.. node.Attributes.Where(a => !names.Contains(a.Name))],
        };
    }
}
