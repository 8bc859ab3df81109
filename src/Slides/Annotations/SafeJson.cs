using System.Text;
using System.Text.Json;

namespace Coverslip.Slides.Annotations;

/// <summary>JSON from anywhere, nested at most 64 deep.</summary>
internal static class SafeJson
{
    private static readonly byte[][] Bare =
    [
        .. new[] { "NaN", "-Infinity", "Infinity" }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly JsonDocumentOptions NoneTwice = new() { AllowDuplicateProperties = false };

    /// <summary>
    /// The parts of a document, all of which is looked at. QuPath writes measurements that are no number as bare NaN and
    /// Infinity, which JSON does not know; they are read as strings.
    /// </summary>
    public static JsonParts Parts(byte[] bytes, string file)
    {
        ReadOnlyMemory<byte> json = bytes;
        if (json.Span.StartsWith(Encoding.UTF8.Preamble))
            json = json[Encoding.UTF8.Preamble.Length..];
        if (Array.Exists(Bare, word => json.Span.IndexOf(word) >= 0))
            json = Quoted(json.Span);
        return Readable(() => JsonParts.Of(json), file);
    }

    /// <summary>One part of it as a document, in no object of which a name stands twice: the first would be passed over.</summary>
    /// <param name="json">The part.</param>
    /// <param name="file">Whose part it is.</param>
    /// <param name="where">Which part, for errors: "feature 3".</param>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, string file, string where)
    {
        try
        {
            return JsonDocument.Parse(json, NoneTwice);
        }
        catch (JsonException)
        {
            using var document = Readable(() => JsonDocument.Parse(json), file);
            throw new AnnotationException(
                file,
                $"{where}: {Twice(document.RootElement, "it") ?? "a name stands twice in it"}, and only one of the two could be read; take one away"
            );
        }
    }

    /// <summary>"'coordinates' stands twice in its geometry"; null where none does.</summary>
    private static string? Twice(JsonElement element, string place)
    {
        if (element.ValueKind == JsonValueKind.Array)
            return element.EnumerateArray().Select(item => Twice(item, place)).FirstOrDefault(t => t is not null);
        if (element.ValueKind != JsonValueKind.Object)
            return null;
        return element.EnumerateObject().CountBy(m => m.Name).FirstOrDefault(m => m.Value > 1) is { Key: { } name }
            ? $"'{name}' stands twice in {place}"
            : element.EnumerateObject().Select(m => Twice(m.Value, $"its {m.Name}")).FirstOrDefault(t => t is not null);
    }

    private static T Readable<T>(Func<T> read, string file)
    {
        try
        {
            return read();
        }
        catch (JsonException e)
        {
            throw new AnnotationException(file, $"no readable JSON: {e.Message}", e);
        }
    }

    private static byte[] Quoted(ReadOnlySpan<byte> json)
    {
        var result = new List<byte>(json.Length + 256);
        var isText = false;
        for (var i = 0; i < json.Length; i++)
        {
            var word = isText ? null : WordAt(json[i..]);
            if (word is not null)
            {
                result.AddRange([(byte)'"', .. word, (byte)'"']);
                i += word.Length - 1;
                continue;
            }
            result.Add(json[i]);
            if (isText && json[i] == '\\' && i + 1 < json.Length)
                result.Add(json[++i]);
            else if (json[i] == '"')
                isText = !isText;
        }
        return [.. result];
    }

    private static byte[]? WordAt(ReadOnlySpan<byte> json)
    {
        foreach (var word in Bare)
        {
            if (json.StartsWith(word))
                return word;
        }
        return null;
    }
}
