using System.Globalization;
using System.Xml.Linq;
using Coverslip.Learning.Reports;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.App.Reports;

/// <summary>
/// A slide and the same under its map. Outlines and rings are drawn as lines over the pictures, sharp at any size, as the viewer
/// draws them; the slide's picture stands in the page once.
/// </summary>
internal static class MappedSlideHtml
{
    /// <summary>The slide stays to be seen beneath, and lies beside it without.</summary>
    private const double Cover = 0.5;

    internal static XElement Of(MappedSlides slides) =>
        Html.Tag("div", Html.Class("slides"), slides.All.Select((slide, i) => Of(slide, $"slide-{i + 1}")));

    private static XElement Of(MappedSlide shown, string id)
    {
        var caption = Html.Tag("figcaption", TableHtml.Lines(shown.Caption));
        try
        {
            using var slide = SlideFile.Open(shown.File);
            using var view = slide.ReadThumbnail(SlideJpeg.Side);
            var drawn = new Drawing(slide, view.Image, shown);
            return Html.Tag(
                "figure",
                Html.Class("slide"),
                Html.Tag(
                    "div",
                    Html.Class("pair"),
                    drawn.Alone(id),
                    shown.Map is { } map ? drawn.Under(map, id) : null,
                    shown.Further.Select(Thumbnail.Of)
                ),
                caption
            );
        }
        catch (Exception error) when (error is UnreadableImageException or UnreadableSlideException)
        {
            return Html.Tag(
                "figure",
                Html.Class("slide"),
                Html.Tag("div", Html.Class("unreadable"), error.Message),
                caption
            );
        }
    }

    private sealed class Drawing(Slide slide, Image view, MappedSlide shown)
    {
        private readonly SlideRectangle bounds = slide.Bounds;
        private readonly XElement? truth = TruthOf(slide, view, shown);

        /// <summary>With its picture, which others of the page refer to.</summary>
        internal XElement Alone(string id) =>
            Framed(
                $"slide {shown.Name}{(truth is null ? "" : ", with the outline of what is true")}",
                SvgPlot.Tag(
                    "image",
                    SvgPlot.Set("id", id),
                    SvgPlot.Set("width", view.Width),
                    SvgPlot.Set("height", view.Height),
                    SvgPlot.Set("href", $"data:image/jpeg;base64,{Convert.ToBase64String(SlideJpeg.Encode(view))}")
                )
            );

        internal XElement Under(Heatmap map, string id)
        {
            var (png, columns, rows, block) = OverlaidMap.Of(map);
            var (at, end) = (
                Place(0, 0),
                Place(columns * block * map.Grid.CellWidth, rows * block * map.Grid.CellHeight)
            );
            return Framed(
                $"heatmap over {shown.Name}, with {FigureText.Count(shown.Places.Count, "detection")}",
                SvgPlot.Tag("use", SvgPlot.Set("href", $"#{id}")),
                SvgPlot.Tag(
                    "image",
                    SvgPlot.Set("x", at.X),
                    SvgPlot.Set("y", at.Y),
                    SvgPlot.Set("width", Math.Round(end.X - at.X, 2)),
                    SvgPlot.Set("height", Math.Round(end.Y - at.Y, 2)),
                    SvgPlot.Set("preserveAspectRatio", "none"),
                    SvgPlot.Set("opacity", Cover),
                    SvgPlot.Set("style", "image-rendering: pixelated"),
                    SvgPlot.Set("href", $"data:image/png;base64,{Convert.ToBase64String(png)}")
                ),
                shown.Places.Select(Ring)
            );
        }

        private XElement Framed(string title, params object?[] pictures) =>
            Html.Tag(
                "div",
                SvgPlot.Tag(
                    "svg",
                    SvgPlot.Set("viewBox", $"0 0 {view.Width} {view.Height}"),
                    SvgPlot.Set("role", "img"),
                    SvgPlot.Tag("title", title),
                    pictures,
                    truth
                ),
                Scale()
            );

        private (double X, double Y) Place(double x, double y) =>
            (
                Math.Round((x - bounds.At.X) * view.Width / bounds.Width, 2),
                Math.Round((y - bounds.At.Y) * view.Height / bounds.Height, 2)
            );

        private XElement Ring(MarkedPlace place, int number)
        {
            var (x, y) = Place(place.X, place.Y);
            XElement Circle(string style) =>
                SvgPlot.Tag(
                    "circle",
                    SvgPlot.Set("class", style),
                    SvgPlot.Set("cx", x),
                    SvgPlot.Set("cy", y),
                    SvgPlot.Set("r", 12)
                );
            return SvgPlot.Tag(
                "g",
                SvgPlot.Set("class", "ring"),
                SvgPlot.Tag("title", $"detection {number + 1}: {FigureText.Number(place.Probability)}"),
                Circle("halo"),
                Circle("line")
            );
        }

        /// <summary>A round length of about a quarter of the picture, where microns are known.</summary>
        private XElement Scale()
        {
            if ((shown.Map?.Grid.Finest ?? slide.Resolution.Mpp)?.X is not { } mpp)
                return Html.Tag(
                    "p",
                    Html.Class("scale-bar"),
                    "The slide does not say its microns per pixel: no scale bar."
                );
            var whole = bounds.Width * mpp;
            var power = Math.Pow(10, Math.Floor(Math.Log10(whole / 4)));
            var length = power * new[] { 5, 2, 1 }.First(n => n * power <= whole / 4);
            var text = length >= 1000 ? $"{length / 1000} mm" : $"{length} µm";
            return Html.Tag(
                "p",
                Html.Class("scale-bar"),
                Html.Tag(
                    "span",
                    new XAttribute(
                        "style",
                        string.Create(CultureInfo.InvariantCulture, $"width: {100 * length / whole:0.##}%")
                    )
                ),
                text
            );
        }
    }

    /// <summary>A dark dashed line over a white one, to be seen on any color.</summary>
    private static XElement? TruthOf(Slide slide, Image view, MappedSlide shown)
    {
        if (shown.Truth is not { } file)
            return null;
        using var mask = MaskFile.Read(file);
        var (bounds, scale) = (
            slide.Bounds,
            new Vertex((double)view.Width / slide.Bounds.Width, (double)view.Height / slide.Bounds.Height)
        );
        var path = string.Concat(
            MaskOutline
                .TraceOver(mask, slide.Levels[0].Width)
                .SelectMany(p => p.Holes.Prepend(p.Outer))
                .Select(r => PathOf(r.Moved(-bounds.At.X, -bounds.At.Y).Placed(scale, default)))
        );
        return SvgPlot.Tag(
            "g",
            SvgPlot.Set("class", "truth"),
            SvgPlot.Tag("path", SvgPlot.Set("class", "halo"), SvgPlot.Set("d", path)),
            SvgPlot.Tag("path", SvgPlot.Set("class", "line"), SvgPlot.Set("d", path))
        );
    }

    /// <summary>Corners that a pixel of the page does not tell apart are left out.</summary>
    private static string PathOf(Ring ring)
    {
        const double least = 1;
        List<Vertex> kept = [];
        foreach (var point in ring.Points)
            if (kept.Count == 0 || double.Hypot(point.X - kept[^1].X, point.Y - kept[^1].Y) >= least)
                kept.Add(point);
        return string.Create(CultureInfo.InvariantCulture, $"M{string.Join('L', kept.Select(Text))}Z");

        static string Text(Vertex p) => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.#} {p.Y:0.#}");
    }
}
