using System.Runtime.InteropServices;

namespace Coverslip.Torch.Scripts;

/// <summary>
/// A recorded network as opset 13 with pairs of QuantizeLinear and DequantizeLinear about what is kept in eight bits, from which
/// ONNX Runtime makes operators over whole numbers (onnxruntime.ai, Quantize ONNX models, QDQ format).
/// </summary>
internal sealed class QuantizedGraph
{
    private const float GreatestWeight = 63,
        Levels = 255;
    private readonly OnnxGraphWriter from;
    private readonly QuantizedPlaces places;
    private readonly Dictionary<string, (float Scale, byte Zero)> forms;
    private readonly Dictionary<string, string> back = new(StringComparer.Ordinal);

    internal QuantizedGraph(
        OnnxGraphWriter from,
        QuantizedPlaces places,
        Dictionary<string, (float Low, float High)> ranges
    )
    {
        (this.from, this.places) = (from, places);
        Graph = new OnnxGraphWriter(from) { Opset = OnnxOpset13.Opset };
        forms = places.Kept.ToDictionary(v => v, v => Form(ranges[places.RangeOf(v)]), StringComparer.Ordinal);
        if (places.Holds(OnnxFile.Input))
            Through(OnnxFile.Input);
        foreach (var node in from.Nodes)
        {
            var read = node with { Inputs = [.. node.Inputs.Select(Back)] };
            Graph.Add(places.Holds(node) ? Convolution(node, read) : OnnxOpset13.Raised(Graph, read));
            if (places.Holds(node.Output))
                Through(node.Output);
        }
    }

    internal OnnxGraphWriter Graph { get; }

    // A value, or what comes back of its eight bits.
    private string Back(string value) => back.GetValueOrDefault(value, value);

    // Scale and the whole number that stands for 0, which is among the levels: padding adds it.
    private static (float Scale, byte Zero) Form((float Low, float High) range)
    {
        var (low, high) = (Math.Min(range.Low, 0), Math.Max(range.High, 0));
        var scale = high > low ? (high - low) / Levels : 1;
        return (scale, (byte)Math.Clamp(MathF.Round(-low / scale), 0, Levels));
    }

    private void Through(string value)
    {
        var (scale, zero) = forms[value];
        string[] form = [Graph.Scalar(scale), Graph.Hold(new([], OnnxType.UInt8, [zero]))];
        back[value] = Graph.Node("DequantizeLinear", [Graph.Node("QuantizeLinear", [value, .. form]), .. form]);
    }

    private OnnxNode Convolution(OnnxNode node, OnnxNode read)
    {
        var weights = from.Held(node.Inputs[1])!;
        var numbers = MemoryMarshal.Cast<byte, float>(weights.Bytes).ToArray();
        var each = numbers.Length / (int)weights.Shape[0];
        float[] scales =
        [
            .. numbers.Chunk(each).Select(c => c.Max(Math.Abs) is > 0 and var most ? most / GreatestWeight : 1),
        ];
        sbyte[] whole = [.. numbers.Select((w, i) => (sbyte)MathF.Round(w / scales[i / each]))];
        string[] inputs =
        [
            read.Inputs[0],
            PerChannel(
                new(weights.Shape, OnnxType.Int8, OnnxGraphWriter.Bytes<sbyte>(whole)),
                scales,
                OnnxType.Int8,
                sizeof(sbyte)
            ),
        ];
        if (node.Inputs.Count < 3)
            return read with { Inputs = inputs };
        // Sums are of products, whose scale is the map's times the channel's.
        var map = forms[node.Inputs[0]].Scale;
        float[] products = [.. scales.Select(s => s * map)];
        var bias = MemoryMarshal.Cast<byte, float>(from.Held(node.Inputs[2])!.Bytes).ToArray();
        int[] added =
        [
            .. bias.Zip(products, (b, s) => (int)Math.Clamp(Math.Round((double)b / s), int.MinValue, int.MaxValue)),
        ];
        var third = PerChannel(
            new([added.Length], OnnxType.Int32, OnnxGraphWriter.Bytes<int>(added)),
            products,
            OnnxType.Int32,
            sizeof(int)
        );
        return read with { Inputs = [.. inputs, third] };
    }

    private string PerChannel(OnnxConstant whole, float[] scales, OnnxType type, int size)
    {
        long[] channels = [scales.Length];
        return Graph.Node(
            "DequantizeLinear",
            [
                Graph.Hold(whole),
                Graph.Hold(new(channels, OnnxType.Float, OnnxGraphWriter.Bytes<float>(scales))),
                Graph.Hold(new(channels, type, new byte[scales.Length * size])),
            ],
            ("axis", 0L)
        );
    }
}
