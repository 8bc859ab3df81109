using Coverslip.Files;

namespace Coverslip.Torch.Scripts;

/// <summary>What a network computed, ready to be written: as it is, with the ranges of its maps, or with maps and weights of eight bits.</summary>
public sealed class OnnxRecording
{
    /// <summary>Names of the outputs of <see cref="SaveRanges"/>: least and greatest numbers, [images, maps] each.</summary>
    public const string Low = "low",
        High = "high";

    private readonly OnnxGraphWriter graph;
    private readonly long[] shape;
    private readonly (string Value, long[] Shape) output;
    private readonly string[] measured;

    internal OnnxRecording(OnnxGraphWriter graph, long[] shape, (string Value, long[] Shape) output)
    {
        (this.graph, this.shape, this.output) = (graph, shape, output);
        var all = PlacesBut([]);
        (Convolutions, measured) = (all.Convolutions, [.. all.Kept]);
    }

    /// <summary>Convolutions that can be computed in eight bits.</summary>
    public int Convolutions { get; }

    /// <summary>Maps whose range has to be known for that.</summary>
    public int Maps => measured.Length;

    /// <summary>Writes the network in float32.</summary>
    /// <param name="path">The file; it appears whole, or stays as it was.</param>
    /// <param name="metadata">Facts for who opens it.</param>
    public void Save(string path, IReadOnlyDictionary<string, string> metadata) =>
        WholeFile.Write(
            path,
            stream =>
                graph.Write(stream, (OnnxFile.Input, shape), [(OnnxFile.Output, output.Value, output.Shape)], metadata)
        );

    /// <summary>
    /// Writes the network in float32 with two further outputs, <see cref="Low"/> and <see cref="High"/>: of each image the least and
    /// the greatest number in each of the <see cref="Maps"/>.
    /// </summary>
    public void SaveRanges(string path)
    {
        var with = new OnnxGraphWriter(graph);
        foreach (var node in graph.Nodes)
            with.Add(node);
        string Extremes(string kind) =>
            with.Node("Concat", [.. measured.Select(v => Extreme(with, kind, v))], ("axis", 1L));
        (string, string, long[])[] outputs =
        [
            (OnnxFile.Output, output.Value, output.Shape),
            (Low, Extremes("ReduceMin"), [output.Shape[0], Maps]),
            (High, Extremes("ReduceMax"), [output.Shape[0], Maps]),
        ];
        WholeFile.Write(
            path,
            stream => with.Write(stream, (OnnxFile.Input, shape), outputs, new Dictionary<string, string>())
        );
    }

    /// <summary>
    /// Writes the network with convolutions over eight bits, in opset 13: maps of 0 to 255 in one scale each, weights of −63 to
    /// 63 in a scale for each output channel. Seven bits of weight, since processors without VNNI add two products in 16 bits, which eight
    /// bits overflow.
    /// </summary>
    /// <param name="path">The file; it appears whole, or stays as it was.</param>
    /// <param name="ranges">Least and greatest number of each of the <see cref="Maps"/>.</param>
    /// <param name="inFloat32">Which of the <see cref="Convolutions"/>, from 0, stay in float32.</param>
    public void SaveInt8(
        string path,
        IReadOnlyList<(float Low, float High)> ranges,
        params IReadOnlyCollection<int> inFloat32
    )
    {
        var known = measured.Zip(ranges).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal);
        var quantized = new QuantizedGraph(graph, PlacesBut(inFloat32), known);
        WholeFile.Write(
            path,
            stream =>
                quantized.Graph.Write(
                    stream,
                    (OnnxFile.Input, shape),
                    [(OnnxFile.Output, output.Value, output.Shape)],
                    new Dictionary<string, string>()
                )
        );
    }

    private QuantizedPlaces PlacesBut(IEnumerable<int> inFloat32) => new(graph, output.Value, inFloat32.ToHashSet());

    private static string Extreme(OnnxGraphWriter with, string kind, string value)
    {
        // One number to an image, whatever the map's dimensions: [B, C, H, W] → [B, all] → [B, 1].
        var flat = with.Node("Flatten", [value], ("axis", 1L));
        return with.Node(kind, [flat], ("axes", new[] { 1L }), ("keepdims", 1L));
    }
}
