using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Coverslip.Torch.Checkpoints;

/// <summary>One tensor of a file: bytes [Begin, End) of the data that follows the header.</summary>
internal sealed record SafeTensorsEntry(string Name, DType Type, long[] Shape, long Begin, long End);

/// <summary>A safetensors header. One that was read holds only entries that fill the file exactly.</summary>
internal sealed class SafeTensorsHeader
{
    /// <summary>The reference implementation's own limit, in bytes.</summary>
    private const long LongestHeader = 100_000_000;

    // libtorch's tensors may have more, but none that this library describes.
    private const int MostDimensions = 8;

    private const string MetadataKey = "__metadata__";

    private static readonly (string Name, DType Type)[] Types =
    [
        ("F64", DType.Float64),
        ("F32", DType.Float32),
        ("F16", DType.Float16),
        ("BF16", DType.BFloat16),
        ("I64", DType.Int64),
        ("I32", DType.Int32),
        ("I16", DType.Int16),
        ("I8", DType.Int8),
        ("U8", DType.UInt8),
        ("BOOL", DType.Bool),
    ];

    private SafeTensorsHeader(long dataStart, List<SafeTensorsEntry> entries, Dictionary<string, string> metadata) =>
        (DataStart, Entries, Metadata) = (dataStart, entries, metadata);

    internal long DataStart { get; }

    internal List<SafeTensorsEntry> Entries { get; }

    internal Dictionary<string, string> Metadata { get; }

    /// <summary>
    /// The header of a new file, its length in front, padded so that the data begins at a multiple of eight.
    /// </summary>
    internal static byte[] Compose(
        IReadOnlyList<(string Path, Tensor Value)> tensors,
        IReadOnlyDictionary<string, string>? metadata
    )
    {
        var buffer = new ArrayBufferWriter<byte>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        long offset = 0;
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in metadata)
                    json.WriteString(key, key == SafeTensorsSeal.Key ? SafeTensorsSeal.Blank : value);
                json.WriteEndObject();
            }
            foreach (var (path, value) in tensors)
            {
                if (path == MetadataKey || !names.Add(path))
                    throw new ArgumentException(
                        $"tensor '{path}' {(path == MetadataKey ? "has the name of the metadata" : "stands twice")}"
                    );
                offset = WriteEntry(json, path, value, offset);
            }
            json.WriteEndObject();
        }
        var padded = (buffer.WrittenCount + 7) / 8 * 8;
        if (padded > LongestHeader)
            throw new ArgumentException($"the header would take {padded} bytes, the format allows {LongestHeader}");
        var bytes = new byte[8 + padded];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, padded);
        buffer.WrittenSpan.CopyTo(bytes.AsSpan(8));
        bytes.AsSpan(8 + buffer.WrittenCount).Fill((byte)' ');
        return bytes;
    }

    private static long WriteEntry(Utf8JsonWriter json, string path, Tensor value, long offset)
    {
        var (type, shape) = (value.DType, value.Shape);
        json.WriteStartObject(path);
        json.WriteString("dtype", Types.First(t => t.Type == type).Name);
        json.WriteStartArray("shape");
        foreach (var side in shape)
            json.WriteNumberValue(side);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        offset += value.Count * type.Size();
        json.WriteNumberValue(offset);
        json.WriteEndArray();
        json.WriteEndObject();
        return offset;
    }

    /// <summary>Reads and checks everything a header says against itself and the file's length.</summary>
    internal static SafeTensorsHeader Read(Stream file, string path)
    {
        var bytes = ReadBytes(file, path);
        try
        {
            using var json = JsonDocument.Parse(
                bytes,
                new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 }
            );
            return Parse(json.RootElement, path, 8 + bytes.LongLength, file.Length - 8 - bytes.LongLength);
        }
        catch (JsonException error)
        {
            var place = error.BytePositionInLine is { } at ? $" at byte {at}" : "";
            throw Refused(
                path,
                $"the header of {bytes.Length} bytes is damaged{place}, no sound JSON: {error.Message.Split(" LineNumber")[0]} Fetch the file again",
                error
            );
        }
        catch (InvalidOperationException error)
        {
            throw Refused(
                path,
                "the header is damaged: a name or text in it is no UTF-8, or half a character; fetch the file again",
                error
            );
        }
    }

    /// <summary>The header's JSON, its length held against the file's.</summary>
    internal static byte[] ReadBytes(Stream file, string path)
    {
        var length = file.Length;
        if (length < 8)
            throw Refused(path, $"{length} bytes are too few for a safetensors file");
        Span<byte> word = stackalloc byte[8];
        file.ReadExactly(word);
        var size = BinaryPrimitives.ReadUInt64LittleEndian(word);
        if (size > LongestHeader)
            throw Refused(
                path,
                $"the header claims {size} bytes, at most {LongestHeader} are allowed; is it a safetensors file?"
            );
        if ((long)size > length - 8)
            throw Refused(
                path,
                $"the header claims {size} bytes, the file has {length - 8} more: it is cut off, or no safetensors file"
            );
        var bytes = new byte[size];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static SafeTensorsHeader Parse(JsonElement root, string path, long dataStart, long dataLength)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw Refused(path, $"the header is a JSON {root.ValueKind}, expected was an object");
        var entries = new List<SafeTensorsEntry>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name == MetadataKey)
                ParseMetadata(property.Value, path, metadata);
            else
                entries.Add(ParseEntry(property, path, dataLength));
        }
        var end = 0L;
        foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != end)
                throw Refused(
                    path,
                    $"tensor '{entry.Name}' begins at byte {entry.Begin}, {(entry.Begin < end ? "inside the one before, which ends" : "leaving a gap behind the one before, which ends")} at {end}"
                );
            end = entry.End;
        }
        if (end != dataLength)
            throw Refused(path, $"the tensors take {end} bytes, the file has {dataLength}");
        return new SafeTensorsHeader(dataStart, entries, metadata);
    }

    private static void ParseMetadata(JsonElement value, string path, Dictionary<string, string> metadata)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw Refused(path, $"{MetadataKey} is a JSON {value.ValueKind}, expected was an object of strings");
        foreach (var property in value.EnumerateObject())
            metadata.Add(
                property.Name,
                property.Value.ValueKind == JsonValueKind.String
                    ? property.Value.GetString()!
                    : throw Refused(
                        path,
                        $"{MetadataKey}: '{property.Name}' is a JSON {property.Value.ValueKind}, expected was a string"
                    )
            );
    }

    private static SafeTensorsEntry ParseEntry(JsonProperty property, string path, long dataLength)
    {
        var name = property.Name;
        var value = property.Value;
        if (
            value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out var dtype)
            || !value.TryGetProperty("shape", out var shape)
            || !value.TryGetProperty("data_offsets", out var offsets)
        )
            throw Refused(path, $"tensor '{name}' lacks dtype, shape or data_offsets");
        var type = ParseType(dtype, path, name);
        var sides = Numbers(shape, path, $"tensor '{name}': shape");
        if (sides.Length > MostDimensions)
            throw Refused(path, $"tensor '{name}' has {sides.Length} dimensions, at most {MostDimensions} are allowed");
        if (
            Numbers(offsets, path, $"tensor '{name}': data_offsets") is not [var begin, var end]
            || begin > end
            || end > dataLength
        )
            throw Refused(path, $"tensor '{name}' lies at bytes {offsets} of {dataLength}");
        if (ByteCount(sides, type) is not { } count)
            throw Refused(path, $"tensor '{name}' of shape {shape} exceeds every memory");
        if (count != end - begin)
            throw Refused(
                path,
                $"tensor '{name}' of shape {shape} and type {dtype} takes {count} bytes, its offsets span {end - begin}"
            );
        return new SafeTensorsEntry(name, type, sides, begin, end);
    }

    private static DType ParseType(JsonElement dtype, string path, string name)
    {
        if (dtype.ValueKind == JsonValueKind.String)
            foreach (var (known, type) in Types)
                if (dtype.ValueEquals(known))
                    return type;
        throw Refused(
            path,
            $"tensor '{name}' is of type {dtype}; known are {string.Join(", ", Types.Select(t => t.Name))}"
        );
    }

    private static long[] Numbers(JsonElement list, string path, string what)
    {
        if (list.ValueKind != JsonValueKind.Array)
            throw Refused(path, $"{what} is a JSON {list.ValueKind}, expected was a list of whole numbers");
        var numbers = new long[list.GetArrayLength()];
        for (var i = 0; i < numbers.Length; i++)
            if (list[i].ValueKind != JsonValueKind.Number || !list[i].TryGetInt64(out numbers[i]) || numbers[i] < 0)
                throw Refused(path, $"{what} holds {list[i]}, expected were whole numbers from 0");
        return numbers;
    }

    /// <summary>Bytes of a tensor; null where that, or a stride of an empty one, overflows.</summary>
    private static long? ByteCount(long[] sides, DType type)
    {
        long span = type.Size();
        foreach (var side in sides)
        {
            if (span > long.MaxValue / Math.Max(side, 1))
                return null;
            span *= Math.Max(side, 1);
        }
        return sides.Contains(0) ? 0 : span;
    }

    private static InvalidDataException Refused(string path, string why, Exception? inner = null) =>
        new($"{path}: {why}", inner);
}
