using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Coverslip.App.Reports;

/// <summary>
/// Elements of the page. They are an XML tree, so that every text is encoded and the file is well-formed whatever a
/// class or a file is called.
/// </summary>
internal static class Html
{
    private static readonly XNamespace Namespace = "http://www.w3.org/1999/xhtml";

    // Elements that HTML never closes; any other must not be written as <td/>, which browsers read as its beginning.
    private static readonly HashSet<string> Void = ["meta", "img", "br", "hr"];

    public static XElement Tag(string name, params object?[] content) => new(Namespace + name, content);

    public static XAttribute Class(string names) => new("class", names);

    /// <summary>The whole file.</summary>
    public static string Document(string title, IEnumerable<object?> body)
    {
        var page = Tag(
            "html",
            new XAttribute("lang", "en"),
            Tag(
                "head",
                Tag("meta", new XAttribute("charset", "utf-8")),
                Tag(
                    "meta",
                    new XAttribute("name", "viewport"),
                    new XAttribute("content", "width=device-width, initial-scale=1")
                ),
                Tag("title", title),
                Tag("style", PageStyle.Css)
            ),
            Tag("body", Tag("main", body))
        );
        foreach (var element in page.DescendantsAndSelf())
        {
            if (element.IsEmpty && element.Name.Namespace == Namespace && !Void.Contains(element.Name.LocalName))
                element.Value = "";
            foreach (var attribute in element.Attributes().Where(a => !a.IsNamespaceDeclaration))
                attribute.Value = Printable(attribute.Value);
        }
        foreach (var text in page.DescendantNodes().OfType<XText>())
            text.Value = Printable(text.Value);
        return "<!DOCTYPE html>\n" + page.ToString(SaveOptions.DisableFormatting) + "\n";
    }

    /// <summary>The text with U+FFFD in place of what XML cannot hold, such as control characters.</summary>
    private static string Printable(string text)
    {
        var printable = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
            printable.Append(
                rune.Value >= 0x10000 || XmlConvert.IsXmlChar((char)rune.Value) ? rune : Rune.ReplacementChar
            );
        return printable.ToString();
    }
}
