using Coverslip.Files;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Annotations;

/// <summary>Reads and writes annotation files.</summary>
public static class AnnotationFile
{
    /// <summary>Larger files are refused: they hold no hand's work, and reading takes several times their
    /// size.</summary>
    public const long MostBytes = 1L << 30;

    /// <summary>Extensions that <see cref="Find"/> looks for, in this order.</summary>
    private static readonly string[] Extensions = [".xml", ".geojson", ".json"];

    /// <summary>Reads a file; its content says which format it has.</summary>
    /// <exception cref="AnnotationException">Missing, too large, damaged, or of another format.</exception>
    public static AnnotationSet Read(string path)
    {
        var set = Parse(path);
        foreach (var (number, annotation) in set.Annotations.Index().Where(a => a.Item.IsArea))
        {
            var tangled = annotation
                .Areas.SelectMany(p => p.Holes.Prepend(p.Outer))
                .FirstOrDefault(RingCrossings.AreTooMany);
            if (tangled is not null)
                throw new AnnotationException(
                    path,
                    $"annotation {number + 1} of {set.Annotations.Count} ({annotation.Described}) has an outline of "
                        + $"{tangled.Points.Count} points that crosses itself more than {RingCrossings.Most} times; "
                        + "it encloses nothing in particular: draw it anew, or leave it out"
                );
        }
        return set;
    }

    private static AnnotationSet Parse(string path)
    {
        var bytes = Bytes(path);
        var first = Array.FindIndex(bytes, b => b is not (0xEF or 0xBB or 0xBF or 9 or 10 or 13 or 32));
        if (first < 0)
            throw new AnnotationException(path, "the file is empty");
        if (bytes[first] is (byte)'{' or (byte)'[')
        {
            using var json = SafeJson.Read(bytes, path);
            return new GeoJsonReader(path).Read(json.RootElement);
        }
        // UTF-16 begins with a byte order mark; whether it is XML then is the parser's matter.
        if (bytes[first] is not ((byte)'<' or 0xFE or 0xFF))
            throw new AnnotationException(path, "neither XML nor JSON");
        var root = SafeXml.Read(bytes, path);
        return root.Name.LocalName switch
        {
            AsapXml.Root => AsapXml.Read(root, path),
            AperioXml.Root => AperioXml.Read(root, path),
            var name => throw new AnnotationException(
                path,
                $"XML of '{name}'; read are ASAP's ({AsapXml.Root}) and Aperio's ({AperioXml.Root})"
            ),
        };
    }

    /// <summary>
    /// Writes a file whole or not at all. Of another format than the set's, the set is changed to what that one holds.
    /// </summary>
    /// <returns>What the format cannot hold; empty where nothing is lost.</returns>
    /// <exception cref="AnnotationException">A name with control characters, which XML cannot hold.</exception>
    public static IReadOnlyList<string> Write(string path, AnnotationSet set, AnnotationFormat format)
    {
        var (held, losses) = AnnotationConversion.To(format, set);
        try
        {
            WholeFile.Write(path, stream => Write(stream, held, format));
        }
        catch (ArgumentException e)
        {
            throw new AnnotationException(path, $"XML cannot hold a name or field: {e.Message}", e);
        }
        return losses;
    }

    /// <summary>The annotations of a slide in a folder: the slide's name with another extension; null if
    /// none.</summary>
    public static string? Find(string folder, string slide)
    {
        var stem = Path.GetFileNameWithoutExtension(slide);
        return Extensions.Select(e => Path.Combine(folder, stem + e)).FirstOrDefault(File.Exists);
    }

    private static void Write(Stream stream, AnnotationSet set, AnnotationFormat format)
    {
        if (format == AnnotationFormat.GeoJson)
            GeoJsonWriter.Write(set, stream);
        else
            SafeXml.Save(format == AnnotationFormat.Asap ? AsapXml.Write(set) : AperioXml.Write(set), stream);
    }

    private static byte[] Bytes(string path)
    {
        try
        {
            if (!File.Exists(path))
                throw new AnnotationException(
                    path,
                    Directory.Exists(path) ? "this is a folder" : "there is no such file"
                );
            var length = new FileInfo(path).Length;
            return length <= MostBytes
                ? File.ReadAllBytes(path)
                : throw new AnnotationException(path, $"{length} bytes; the limit is {MostBytes}");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or (IOException and not AnnotationException))
        {
            throw new AnnotationException(path, e.Message, e);
        }
    }
}
