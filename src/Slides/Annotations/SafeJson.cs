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

    /// <summary>One part of it as a document.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, string file) =>
        Readable(() => JsonDocument.Parse(json), file);

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
