using System.Text;

namespace Coverslip.Learning.Tests.Encoders;

/// <summary>Small networks as ONNX files, byte by byte after onnx/onnx.proto.</summary>
internal static class OnnxPainter
{
    /// <summary>The mean of each color, and <c>map</c>, the scaled image itself.</summary>
    /// <param name="input">Sides of the input; 0 for a free one.</param>
    /// <param name="outputs">Of <c>features</c> [B, 3] and <c>map</c> [B, 3, H, W].</param>
    /// <param name="beside">A file of three floats that are added to the features; null: none.</param>
    internal static byte[] Means(int[] input, string[] outputs, string? beside = null)
    {
        var last = input[3] == 3;
        List<byte[]> graph = [Text(2, "means")];
        if (last)
            graph.Add(Node("Transpose", ["images"], "turned", Ints("perm", [0, 3, 1, 2])));
        var images = last ? "turned" : "images";
        graph.Add(Node("Relu", [images], "positive"));
        graph.Add(Node("Neg", [images], "negative"));
        graph.Add(Node("Relu", ["negative"], "less"));
        graph.Add(Node("Sub", ["positive", "less"], "map"));
        graph.Add(Node("GlobalAveragePool", [images], "pooled"));
        graph.Add(Node("Flatten", ["pooled"], beside is null ? "features" : "flat"));
        if (beside is not null)
        {
            graph.Add(Node("Add", ["flat", "bias"], "features"));
            byte[] entry = [.. Text(1, "location"), .. Text(2, beside)];
            graph.Add(
                Part(5, [.. Number(1, 3), .. Number(2, 1), .. Text(8, "bias"), .. Part(13, entry), .. Number(14, 1)])
            );
        }
        graph.Add(Value(11, "images", input));
        graph.AddRange(outputs.Select(o => Value(12, o, o == "features" ? [0, 3] : [0, 3, 0, 0])));
        byte[] opset = [.. Text(1, ""), .. Number(2, 13)];
        return [.. Number(1, 8), .. Part(8, opset), .. Part(7, [.. graph.SelectMany(g => g)])];
    }

    private static byte[] Node(string kind, string[] inputs, string output, byte[]? attribute = null) =>
        Part(1, [.. inputs.SelectMany(i => Text(1, i)), .. Text(2, output), .. Text(4, kind), .. attribute ?? []]);

    private static byte[] Ints(string name, int[] values) =>
        Part(5, [.. Text(1, name), .. values.SelectMany(v => Number(8, v)), .. Number(20, 7)]);

    private static byte[] Value(int field, string name, int[] sides)
    {
        var shape = sides.SelectMany((s, i) => Part(1, s > 0 ? Number(1, s) : Text(2, $"{name}{i}"))).ToArray();
        return Part(field, [.. Text(1, name), .. Part(2, Part(1, [.. Number(1, 1), .. Part(2, shape)]))]);
    }

    private static byte[] Text(int field, string text) => Part(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Part(int field, byte[] bytes) =>
        [.. Varint((field << 3) | 2), .. Varint(bytes.Length), .. bytes];

    private static byte[] Number(int field, int value) => [.. Varint(field << 3), .. Varint(value)];

    private static IEnumerable<byte> Varint(int value)
    {
        for (; value > 127; value >>= 7)
            yield return (byte)(value | 128);
        yield return (byte)value;
    }
}
