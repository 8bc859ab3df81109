using System.Text;

namespace Coverslip.Torch.Checkpoints;

/// <summary>The files that an ONNX network consists of: itself, and those beside it that its larger weights lie in.</summary>
public static class OnnxParts
{
    // Numbers of fields in onnx.proto's ModelProto, GraphProto, TensorProto and StringStringEntryProto.
    private const int ModelGraph = 7,
        GraphInitializer = 5,
        TensorExternal = 13,
        EntryKey = 1,
        EntryValue = 2;

    /// <summary>The file first; then each one beside it, whether it is there or not.</summary>
    /// <exception cref="InvalidDataException">It is no ONNX file.</exception>
    public static IReadOnlyList<string> Of(string path)
    {
        var parts = new List<string> { path };
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        for (var model = new ProtobufFields(File.ReadAllBytes(path), path); model.Next(); )
        {
            if (model.Number != ModelGraph)
                continue;
            for (var graph = new ProtobufFields(model.Bytes, path); graph.Next(); )
                if (graph.Number == GraphInitializer && Location(graph.Bytes, path) is { } beside)
                    parts.Add(Path.Combine(folder, beside));
        }
        return [.. parts.Distinct()];
    }

    private static string? Location(ReadOnlySpan<byte> message, string path)
    {
        for (var tensor = new ProtobufFields(message, path); tensor.Next(); )
        {
            if (tensor.Number != TensorExternal)
                continue;
            var (key, value) = ("", "");
            for (var entry = new ProtobufFields(tensor.Bytes, path); entry.Next(); )
                if (entry.Number == EntryKey)
                    key = Encoding.UTF8.GetString(entry.Bytes);
                else if (entry.Number == EntryValue)
                    value = Encoding.UTF8.GetString(entry.Bytes);
            if (key == "location")
                return value;
        }
        return null;
    }
}
