using System.Xml.Linq;
using Coverslip.Files;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Annotations;

/// <summary>Reads and writes annotation files.</summary>
public static class AnnotationFile
{
    /// <summary>Larger files are refused: they hold no hand's work, and reading takes several times their
    /// size.</summary>
    public const long MostBytes = 1L << 30;

    private static readonly HashSet<string> Frame = new(StringComparer.OrdinalIgnoreCase)
    {
        "Annotations",
        "Annotation",
        "AnnotationGroups",
        "Group",
        "Attributes",
        "Attribute",
        "Regions",
        "RegionAttributeHeaders",
        "AttributeHeader",
        "AttributeHeaderType",
        "Plots",
    };

    /// <summary>Reads a file, packed or not; its content says which format it has.</summary>
    /// <exception cref="AnnotationException">
    /// Missing, too large, damaged, of another format, or of a form of which no shape is understood.
    /// </exception>
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
        var notes = new List<string>();
        var bytes = AnnotationBytes.Of(path, notes);
        var first = Array.FindIndex(bytes, b => b is not (0xEF or 0xBB or 0xBF or 9 or 10 or 13 or 32));
        if (first < 0)
            throw new AnnotationException(path, "the file is empty");
        var set =
            bytes[first] is (byte)'{' or (byte)'[' ? new GeoJsonReader(path).Read(bytes)
            : bytes[first] == (byte)'<' ? ReadXml(bytes, path, notes)
            : throw new AnnotationException(path, "neither XML nor JSON");
        return notes.Count > 0 ? set with { Notes = [.. notes, .. set.Notes] } : set;
    }

    /// <summary>
    /// Writes a file whole or not at all. Of another format than the set's, the set is changed to what that one holds.
    /// </summary>
    /// <returns>What the format cannot hold; empty where nothing is lost.</returns>
    /// <exception cref="AnnotationException">A name with control characters, which XML cannot hold.</exception>
    public static IReadOnlyList<string> Write(string path, AnnotationSet set, AnnotationFormat format)
    {
        var (bytes, losses) = Encode(path, set, format);
        WholeFile.Write(path, stream => stream.Write(bytes));
        return losses;
    }

    /// <summary>The bytes that <see cref="Write(string, AnnotationSet, AnnotationFormat)"/> writes.</summary>
    /// <inheritdoc cref="Write(string, AnnotationSet, AnnotationFormat)"/>
    /// <param name="path">What an error calls the file.</param>
    /// <param name="set">The annotations.</param>
    /// <param name="format">The format.</param>
    public static (byte[] Bytes, IReadOnlyList<string> Losses) Encode(
        string path,
        AnnotationSet set,
        AnnotationFormat format
    )
    {
        var (held, losses) = AnnotationConversion.To(format, set);
        using var stream = new MemoryStream();
        try
        {
            Write(stream, held, format);
        }
        catch (ArgumentException e)
        {
            throw new AnnotationException(path, $"XML cannot hold a name or field: {e.Message}", e);
        }
        return (stream.ToArray(), losses);
    }

    private static void Write(Stream stream, AnnotationSet set, AnnotationFormat format)
    {
        if (format == AnnotationFormat.GeoJson)
            GeoJsonWriter.Write(set, stream);
        else
            SafeXml.Save(format == AnnotationFormat.Asap ? AsapXml.Write(set) : AperioXml.Write(set), stream);
    }

    private static AnnotationSet ReadXml(byte[] bytes, string path, List<string> notes)
    {
        var root = SafeXml.Read(bytes, path, notes);
        var isAsap = SafeXml.Is(root, AsapXml.Root);
        if (!isAsap && !SafeXml.Is(root, AperioXml.Root))
            throw new AnnotationException(
                path,
                $"XML of '{root.Name.LocalName}'; read are ASAP's ({AsapXml.Root}) and Aperio's and HALO's ({AperioXml.Root})"
            );
        var set = isAsap ? AsapXml.Read(root, path) : AperioXml.Read(root, path);
        var isEmpty = set.Annotations.All(a => a.Polygons.All(p => p.Outer.Points.Count == 0));
        if (isEmpty && root.Descendants().FirstOrDefault(e => !IsFrame(e, isAsap)) is { } unknown)
            throw new AnnotationException(
                path,
                $"no shape in it is understood, though there is '{unknown.Name.LocalName}'; {set.Format} has it otherwise: export it anew, or as QuPath's GeoJSON"
            );
        return set;
    }

    /// <summary>What a file without annotations has, too.</summary>
    private static bool IsFrame(XElement element, bool isAsap) =>
        Frame.Contains(element.Name.LocalName) && !(isAsap && SafeXml.Is(element, "Annotation"));
}
