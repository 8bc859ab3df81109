using System.Xml.Linq;
using Coverslip.Learning.Reports;

namespace Coverslip.App.Reports;

/// <summary>A report as one HTML file, well-formed as XML: head, contents, sections.</summary>
internal static class Page
{
    /// <summary>The file's text.</summary>
    internal static string Text(Report report) =>
        Html.Document(
            report.Title,
            [
                Html.Tag("header", Html.Tag("h1", report.Title), report.Head.Select(Of)),
                report.Sections.Count > 1 ? Contents(report.Sections) : null,
                report.Sections.Select(s =>
                    Html.Tag("section", new XAttribute("id", s.Id), Html.Tag("h2", s.Title), s.Blocks.Select(Of))
                ),
            ]
        );

    private static XElement Contents(IEnumerable<ReportSection> sections) =>
        Html.Tag(
            "nav",
            new XAttribute("aria-label", "Contents"),
            sections.Select(s => Html.Tag("a", new XAttribute("href", "#" + s.Id), s.Title))
        );

    private static XElement Of(ReportBlock block) =>
        block switch
        {
            Paragraph p => Html.Tag("p", p.Text),
            ResultText p => Html.Tag("p", Html.Class("result"), p.Text),
            Note p => Html.Tag("p", Html.Class("note"), p.Text),
            Warning p => Html.Tag(
                "p",
                Html.Class("warning"),
                new XAttribute("role", "note"),
                Html.Tag("strong", "Caution. "),
                p.Text
            ),
            Subheading h => Html.Tag("h3", h.Text),
            Preformatted text => Html.Tag("pre", text.Text),
            Folded part => Html.Tag("details", Html.Tag("summary", part.Summary), part.Blocks.Select(Of)),
            Tiles tiles => Html.Tag("div", Html.Class("tiles"), tiles.All.Select(Of)),
            Table table => TableHtml.Of(table),
            ConfusionMatrix matrix => ConfusionHtml.Of(matrix),
            Plot plot => Of(plot),
            Plots plots => Html.Tag("div", Html.Class("plots"), plots.All.Select(Of)),
            Pictures pictures => Of(pictures),
            MappedSlides slides => MappedSlideHtml.Of(slides),
            ColorScale scale => ColorScaleHtml.Of(scale),
            _ => throw new ArgumentException($"a report cannot show a {block.GetType().Name} yet"),
        };

    private static XElement Of(Tile tile) =>
        Html.Tag(
            "div",
            Html.Class("tile"),
            Html.Tag("span", Html.Class("name"), tile.Name),
            Html.Tag("span", Html.Class("value"), tile.Value),
            Html.Tag("span", Html.Class("below"), tile.Below)
        );

    private static XElement Of(Plot plot) =>
        Html.Tag(
            "figure",
            plot.Heading is { } heading ? Html.Tag("h3", heading) : null,
            new SvgPlot(plot).Draw(),
            plot.Captioned ? Html.Tag("figcaption", plot.Description) : null
        );

    private static XElement Of(Pictures pictures) =>
        Html.Tag(
            "div",
            Html.Class(pictures.All.Any(p => p.Pictures.Count > 1) ? "pictures pairs" : "pictures"),
            pictures.All.Select(Of)
        );

    internal static XElement Of(CaptionedPicture shown)
    {
        var seen = shown.Pictures.Select(Thumbnail.Of);
        return Html.Tag(
            "figure",
            shown.Pictures.Any(p => p.Longest > Picture.Small) ? Html.Class("large") : null,
            shown.Pictures.Count > 1 ? Html.Tag("div", Html.Class("pair"), seen) : seen,
            Html.Tag("figcaption", TableHtml.Lines(shown.Caption))
        );
    }
}
