using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Coverslip.Slides.Annotations;

/// <summary>
/// The text of an annotation file as UTF-8: unpacked where it is gzip or a zip of one file, as QuPath writes them, and
/// from UTF-16, from what its XML declares, or from Windows-1252 where it is none of these.
/// </summary>
internal static partial class AnnotationBytes
{
    /// <summary>Reads a file whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="notes">Told what had to be guessed.</param>
    /// <exception cref="AnnotationException">Missing, empty, too large, or damaged.</exception>
    public static byte[] Of(string path, List<string> notes)
    {
        try
        {
            return Decoded(Unpacked(Stored(path), path), notes);
        }
        catch (Exception e)
            when (e is UnauthorizedAccessException or InvalidDataException or (IOException and not AnnotationException))
        {
            throw new AnnotationException(path, e.Message, e);
        }
    }

    private static byte[] Stored(string path)
    {
        if (!File.Exists(path))
            throw new AnnotationException(path, Directory.Exists(path) ? "this is a folder" : "there is no such file");
        CheckLength(new FileInfo(path).Length, path);
        return File.ReadAllBytes(path);
    }

    private static void CheckLength(long length, string path)
    {
        if (length > AnnotationFile.MostBytes)
            throw new AnnotationException(path, $"{length} bytes; the limit is {AnnotationFile.MostBytes}");
    }

    private static byte[] Unpacked(byte[] bytes, string path)
    {
        if (bytes is [0x1F, 0x8B, ..])
        {
            using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            return Limited(gzip, path);
        }
        if (bytes is not [(byte)'P', (byte)'K', 3 or 5, 4 or 6, ..])
            return bytes;
        using var zip = new ZipArchive(new MemoryStream(bytes));
        ZipArchiveEntry[] entries =
        [
            .. zip.Entries.Where(e =>
                e.Name.Length > 0 && e.Name[0] != '.' && !e.FullName.StartsWith("__MACOSX", StringComparison.Ordinal)
            ),
        ];
        if (entries.Length != 1)
            throw new AnnotationException(
                path,
                $"a zip of {entries.Length} files ({string.Join(", ", entries.Take(5).Select(e => e.FullName))}); a slide's annotations are one file: unpack it"
            );
        using var entry = entries[0].Open();
        return Limited(entry, path);
    }

    /// <summary>A small file may unpack to a large one: it is read up to the limit only.</summary>
    private static byte[] Limited(Stream packed, string path)
    {
        var whole = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = packed.Read(buffer)) > 0; )
        {
            whole.Write(buffer, 0, read);
            CheckLength(whole.Length, path);
        }
        return whole.ToArray();
    }

    private static byte[] Decoded(byte[] bytes, List<string> notes)
    {
        var wide = bytes switch
        {
            [0xFF, 0xFE, ..] or [(byte)'<' or (byte)'{' or (byte)'[', 0, ..] => Encoding.Unicode,
            [0xFE, 0xFF, ..] or [0, (byte)'<' or (byte)'{' or (byte)'[', ..] => Encoding.BigEndianUnicode,
            _ => null,
        };
        if (wide is null && Utf8.IsValid(bytes))
            return bytes;
        var encoding = wide ?? Declared(bytes) ?? CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
        if (wide is null)
            notes.Add($"no UTF-8, and read as {encoding.WebName}");
        var text = encoding.GetString(bytes);
        return Encoding.UTF8.GetBytes(text.TrimStart('\uFEFF'));
    }

    private static Encoding? Declared(byte[] bytes)
    {
        var start = Encoding.Latin1.GetString(bytes, 0, Math.Min(bytes.Length, 200));
        if (!Declaration().Match(start).Groups[1].TryGetName(out var name))
            return null;
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool TryGetName(this Group group, out string name)
    {
        name = group.Value;
        return group.Success && !name.StartsWith("utf", StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex("^\\s*<\\?xml[^>]*encoding=[\"']([A-Za-z0-9._-]+)[\"']")]
    private static partial Regex Declaration();
}
