using System.Text.Json;

namespace Coverslip.Slides.Annotations;

/// <summary>Where the parts of a JSON document stand in its bytes, so that each can be read by itself.</summary>
/// <param name="Whole">The document.</param>
/// <param name="Items">Of an array; null where it is none.</param>
/// <param name="Members">Of an object, in order, with their own items where they are arrays; empty where it is none.</param>
internal sealed record JsonParts(
    ReadOnlyMemory<byte> Whole,
    IReadOnlyList<ReadOnlyMemory<byte>>? Items,
    IReadOnlyList<(string Name, ReadOnlyMemory<byte> Value, IReadOnlyList<ReadOnlyMemory<byte>>? Items)> Members
)
{
    /// <exception cref="JsonException">Something in it is no JSON, or nested more than 64 deep.</exception>
    internal static JsonParts Of(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = 64 });
        reader.Read();
        var items = (List<ReadOnlyMemory<byte>>?)null;
        var members = new List<(string, ReadOnlyMemory<byte>, IReadOnlyList<ReadOnlyMemory<byte>>?)>();
        if (reader.TokenType == JsonTokenType.StartArray)
            items = ItemsOf(ref reader, json);
        else if (reader.TokenType == JsonTokenType.StartObject)
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                var from = (int)reader.TokenStartIndex;
                var its = reader.TokenType == JsonTokenType.StartArray ? ItemsOf(ref reader, json) : null;
                if (its is null)
                    reader.Skip();
                if (members.Exists(m => m.Item1 == name))
                    throw new JsonException($"'{name}' stands in it twice, and only one of the two could be read");
                members.Add((name, json[from..(int)reader.BytesConsumed], its));
            }
        while (reader.Read()) { } // what follows the document is an error
        return new JsonParts(json, items, members);
    }

    /// <summary>A member that is text; null where there is none.</summary>
    internal string? Text(string name) =>
        Members.LastOrDefault(m => m.Name == name).Value is { Length: > 0 } value && value.Span[0] == (byte)'"'
            ? JsonSerializer.Deserialize<string>(value.Span)
            : null;

    /// <summary>The items of a member that is an array; null where there is none.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>>? ItemsOf(string name) =>
        Members.LastOrDefault(m => m.Name == name).Items;

    private static List<ReadOnlyMemory<byte>> ItemsOf(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        var items = new List<ReadOnlyMemory<byte>>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(Skipped(ref reader, json));
        return items;
    }

    private static ReadOnlyMemory<byte> Skipped(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        var from = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[from..(int)reader.BytesConsumed];
    }
}
