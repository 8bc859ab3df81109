using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Coverslip.Slides.Annotations;

/// <summary>XML from anywhere: no document types, hence no entities and nothing fetched.</summary>
internal static class SafeXml
{
    private const int Deepest = 64;

    /// <summary>Reads a document in UTF-8 whose elements are nested at most 64 deep.</summary>
    public static XElement Read(byte[] bytes, string file, List<string> notes)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            // Indentation between elements; otherwise it would grow with every writing.
            IgnoreWhitespace = true,
        };
        try
        {
            // XDocument loads recursively: the depth is looked at before.
            using (var pass = XmlReader.Create(Text(bytes), settings))
            {
                while (pass.Read())
                {
                    if (pass.Depth > Deepest)
                        throw new AnnotationException(file, $"elements nested deeper than {Deepest}");
                }
            }
            using var reader = XmlReader.Create(Text(bytes), settings);
            var root = XDocument.Load(reader).Root!;
            DecimalCommas.Mend(root, notes);
            return root;
        }
        catch (XmlException e)
        {
            throw new AnnotationException(file, $"no readable XML: {e.Message}", e);
        }
    }

    /// <summary>Whether it has this name, whatever its namespace and case.</summary>
    public static bool Is(XElement element, string name) =>
        element.Name.LocalName.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Children of a name, whatever their namespace and case.</summary>
    public static IEnumerable<XElement> Named(this IEnumerable<XElement> parents, string name) =>
        parents.Elements().Where(e => Is(e, name));

    /// <inheritdoc cref="Named(IEnumerable{XElement}, string)"/>
    public static IEnumerable<XElement> Named(this XElement parent, string name) =>
        parent.Elements().Where(e => Is(e, name));

    /// <summary>The attribute of a name, whatever its namespace and case; null without.</summary>
    public static string? Value(this XElement element, string name) =>
        element
            .Attributes()
            .FirstOrDefault(a =>
                !a.IsNamespaceDeclaration && a.Name.LocalName.Equals(name, StringComparison.OrdinalIgnoreCase)
            )
            ?.Value;

    /// <summary>The attribute as a finite number.</summary>
    public static double Number(XElement element, string name, string file, string where)
    {
        var text = element.Value(name);
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            throw new AnnotationException(
                file,
                $"{where}: {name} is '{text}', not a number{(text?.Contains(',') == true ? "; what its comma means is not plain: write points" : "")}"
            );
        if (!double.IsFinite(number))
            throw new AnnotationException(file, $"{where}: {name} is {text}; a place is finite");
        if (Math.Abs(number) > Geometry.Vertex.Farthest)
            throw new AnnotationException(
                file,
                $"{where}: {name} is {text}; places are pixels of level 0, and at most ±{Geometry.Vertex.Farthest:0}"
            );
        return number;
    }

    /// <summary>Attributes and child elements but those that are named.</summary>
    public static Dictionary<string, string> Further(XElement element, params string[] known)
    {
        var further = new Dictionary<string, string>();
        foreach (var attribute in element.Attributes().Where(a => !a.IsNamespaceDeclaration))
        {
            if (!known.Contains(attribute.Name.LocalName, StringComparer.OrdinalIgnoreCase))
                further[attribute.Name.LocalName] = attribute.Value;
        }
        foreach (
            var child in element
                .Elements()
                .Where(e => !known.Contains($"<{e.Name.LocalName}>", StringComparer.OrdinalIgnoreCase))
        )
        {
            var key = $"<{child.Name.LocalName}>";
            further[key] = further.GetValueOrDefault(key) + child.ToString(SaveOptions.DisableFormatting);
        }
        return further;
    }

    /// <summary>What <see cref="Further"/> kept: attributes.</summary>
    public static IEnumerable<XAttribute> Attributes(IReadOnlyDictionary<string, string> further) =>
        further.Where(pair => pair.Key[0] != '<').Select(pair => new XAttribute(pair.Key, pair.Value));

    /// <summary>What <see cref="Further"/> kept: elements.</summary>
    public static IEnumerable<XElement> Elements(IReadOnlyDictionary<string, string> further) =>
        further.Where(pair => pair.Key[0] == '<').SelectMany(pair => XElement.Parse($"<_>{pair.Value}</_>").Elements());

    /// <summary>A number so that reading it gives the same one.</summary>
    public static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    // Through text: the bytes are UTF-8 by now, whatever the document declares.
    private static StreamReader Text(byte[] bytes) => new(new MemoryStream(bytes), new System.Text.UTF8Encoding(false));

    public static void Save(XElement root, Stream stream)
    {
        var settings = new XmlWriterSettings { Indent = true, Encoding = new System.Text.UTF8Encoding(false) };
        using var writer = XmlWriter.Create(stream, settings);
        new XDocument(root).Save(writer);
    }
}
