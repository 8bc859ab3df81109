using System.Globalization;
using System.Net;
using System.Text;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.MultiStage;

/// <summary>A map on the picture of a slide.</summary>
/// <param name="Name">What stands above it.</param>
/// <param name="File">Its picture, a square to each patch.</param>
/// <param name="Table">Its patches.</param>
internal sealed record PicturedMap(string Name, string File, TabledPatches Table);

/// <summary>
/// A test slide and its maps side by side as one picture (SVG with all of its pixels inside), as in figures 4, 5 and 6 of
/// Takahama et al. 2019: the slide, its tissue, its annotation, the truth of its patches, every model; below it, enlarged,
/// where the models disagree most.
/// </summary>
internal static class MapPicture
{
    private const int Panel = 240,
        Gap = 12,
        Heading = 22,
        Legend = 46;

    // The slide is read twice as fine as its panel is wide, for those who zoom.
    private const int SlideSide = 2 * Panel;
    private const int MostEnlarged = 1280;

    /// <summary>The picture's text.</summary>
    /// <param name="slide">Open.</param>
    /// <param name="drawn">Its annotations; null: there are none.</param>
    /// <param name="truth">What is known.</param>
    /// <param name="models">What models say, in their order.</param>
    internal static string Of(Slide slide, AnnotationSet? drawn, PicturedMap truth, IReadOnlyList<PicturedMap> models)
    {
        var (whole, enlarged) = (truth.Table.Around, Disagreement.Places([.. models.Select(m => m.Table)]));
        PicturedMap[] maps = [truth, .. models];
        string[] names =
        [
            Path.GetFileNameWithoutExtension(slide.Path),
            "tissue",
            drawn is null ? "annotation: none" : "annotation",
            .. maps.Select(m => m.Name),
        ];
        var (text, top) = (new StringBuilder(), Heading);
        foreach (var (i, name) in names.Index())
            text.Append(Words(i * (Panel + Gap), 15, name));
        foreach (var (row, part) in enlarged.Prepend(whole).Index())
        {
            var height = Panel * part.Height / part.Width;
            text.Append("<defs>").Append(OfSlide(slide, part, row)).Append("</defs>");
            var below = $"<use href=\"#slide{row}\"/>";
            string[] panels =
            [
                below,
                below + "<use href=\"#tissue\"/>",
                below + MapPreparation.Outlines(drawn, part.Width / SlideSide),
                .. maps.Select((m, i) => OfMap(m, i + 1)),
            ];
            foreach (var (i, panel) in panels.Index())
                text.Append(
                        Invariant(
                            $"<svg x=\"{i * (Panel + Gap)}\" y=\"{top}\" width=\"{Panel}\" height=\"{height}\" viewBox=\"{part.X} {part.Y} {part.Width} {part.Height}\">"
                        )
                    )
                    .Append(panel)
                    .Append(row == 0 ? Boxes(enlarged) : "")
                    .Append("</svg>");
            top += (int)Math.Ceiling(height) + Gap;
        }
        text.Append(LegendAt(top));
        var (width, all) = (names.Length * (Panel + Gap), top + Legend);
        return Invariant(
                $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{all}\" viewBox=\"0 0 {width} {all}\" font-family=\"sans-serif\" font-size=\"13\"><rect width=\"100%\" height=\"100%\" fill=\"white\"/><defs>"
            )
            + string.Concat(maps.Select((m, i) => Definition(m, i + 1)))
            + $"<g id=\"tissue\">{MapPreparation.Tissue(truth.Table)}</g></defs>{text}</svg>\n";
    }

    /// <summary>A map's picture and its tumor points, which all rows use.</summary>
    private static string Definition(PicturedMap map, int number)
    {
        var (place, points) = (map.Table.Around, new StringBuilder());
        foreach (var point in number == 1 ? [] : TumorPoints.Find(map.Table.Patches))
        {
            var (x, y) = map.Table.Middle(point.Patch);
            points.Append(
                Invariant(
                    $"<circle cx=\"{x}\" cy=\"{y}\" r=\"{1.6 * map.Table.First.Width}\" fill=\"none\" stroke=\"black\" stroke-width=\"{0.3 * map.Table.First.Width}\"/>"
                )
            );
        }
        return Invariant(
                $"<g id=\"map{number}\"><image x=\"{place.X}\" y=\"{place.Y}\" width=\"{place.Width}\" height=\"{place.Height}\""
            )
            + $" preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{Convert.ToBase64String(File.ReadAllBytes(map.File))}\"/>{points}</g>";
    }

    private static string OfMap(PicturedMap map, int number) =>
        $"<title>{WebUtility.HtmlEncode(map.Name)}</title><use href=\"#map{number}\"/>";

    private static string OfSlide(Slide slide, Rectangle part, int row)
    {
        // Enlarged ones at full resolution, the whole one as fine as its panel.
        var side = Math.Max(part.Width, part.Height);
        var most = side <= MostEnlarged ? side : SlideSide;
        var step = Math.Max(1, side / most);
        var finest = slide.Resolution.Mpp!.Value;
        var size = new PixelSize((int)Math.Ceiling(part.Width / step), (int)Math.Ceiling(part.Height / step));
        using var image = slide
            .View(new Mpp(finest.X * step, finest.Y * step))
            .ReadAround(part.X + (part.Width / 2), part.Y + (part.Height / 2), size);
        var bytes = ImageFile.Encode(image, ".jpg", new ImageWriteOptions { JpegQuality = 88 });
        return Invariant(
                $"<image id=\"slide{row}\" x=\"{part.X}\" y=\"{part.Y}\" width=\"{part.Width}\" height=\"{part.Height}\""
            ) + $" preserveAspectRatio=\"none\" href=\"data:image/jpeg;base64,{Convert.ToBase64String(bytes)}\"/>";
    }

    private static string Boxes(IReadOnlyList<Rectangle> enlarged) =>
        string.Concat(
            enlarged.Select(e =>
                Invariant(
                    $"<rect x=\"{e.X}\" y=\"{e.Y}\" width=\"{e.Width}\" height=\"{e.Height}\" fill=\"none\" stroke=\"#1050c0\" stroke-width=\"{e.Width / 20}\"/>"
                )
            )
        );

    private static string LegendAt(int top)
    {
        var text = new StringBuilder();
        var left = 0;
        foreach (var (color, words) in PredictionMap.Legend)
        {
            text.Append(
                    Invariant(
                        $"<rect x=\"{left}\" y=\"{top + 4}\" width=\"14\" height=\"14\" fill=\"{color}\" stroke=\"#888\"/>"
                    )
                )
                .Append(Words(left + 20, top + 16, words));
            left += 40 + (7 * words.Length);
        }
        return text.Append(
                Words(
                    0,
                    top + 36,
                    "outline: tumor red, other annotations black; circle: tumor point; box: enlarged below, where the models disagree most"
                )
            )
            .ToString();
    }

    private static string Words(int x, int y, string words) =>
        Invariant($"<text x=\"{x}\" y=\"{y}\">") + $"{WebUtility.HtmlEncode(words)}</text>";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
