using System.Text;

namespace Coverslip.Files;

/// <summary>What a file seems to be, from its first bytes, in words for an error.</summary>
public static class FileLook
{
    private const int Looked = 256; // bytes
    private const int Quoted = 40; // characters of text

    private static readonly (byte[] Begin, string Words)[] Known =
    [
        ([.. "PK\u0003\u0004"u8], "a ZIP archive, such as .docx, .xlsx or .zip"),
        ([.. "%PDF"u8], "a PDF"),
        ([0x89, .. "PNG"u8], "a PNG picture"),
        ([0xFF, 0xD8, 0xFF], "a JPEG picture"),
        ([.. "II*\0"u8], "a TIFF picture or slide"),
        ([.. "MM\0*"u8], "a TIFF picture or slide"),
        ([.. "II+\0"u8], "a TIFF picture or slide"),
        ([.. "MM\0+"u8], "a TIFF picture or slide"),
        ([.. "BM"u8], "a BMP picture"),
        ([0x1F, 0x8B], "a gzip archive"),
        ([.. "SQLite format 3"u8], "an SQLite database"),
        ([0x93, .. "NUMPY"u8], "an array of NumPy"),
    ];

    /// <summary>"a PNG picture", "text that begins with 'name,age'".</summary>
    /// <param name="path">A file that is there.</param>
    public static string Of(string path)
    {
        var begin = new byte[Looked];
        try
        {
            using var file = File.OpenRead(path);
            begin = begin[..file.ReadAtLeast(begin, Looked, throwOnEndOfStream: false)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "a file that cannot be read";
        }
        foreach (var (known, words) in Known)
            if (begin.AsSpan().StartsWith(known))
                return words;
        return begin.AsSpan().IndexOfAnyInRange((byte)0, (byte)8) >= 0 ? "data of another kind" : OfText(begin);
    }

    private static string OfText(byte[] begin)
    {
        string[] words = Encoding
            .UTF8.GetString(begin)
            .TrimStart('\uFEFF')
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var line = string.Join(' ', words);
        var kind =
            line.StartsWith('{') || line.StartsWith('[') ? "JSON"
            : line.StartsWith('<') ? "XML or HTML"
            : "text";
        return line.Length == 0
            ? "an empty text"
            : $"{kind} that begins with '{PlainText.Of(line.Length > Quoted ? line[..Quoted] + "…" : line)}'";
    }
}
