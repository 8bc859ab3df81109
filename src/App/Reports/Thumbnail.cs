using System.Xml.Linq;
using Coverslip.Learning.Reports;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.App.Reports;

/// <summary>Small pictures that are part of the page.</summary>
internal static class Thumbnail
{
    private const int FrameWidth = 2;

    /// <summary>Of no stain, and of no gray.</summary>
    private static readonly (byte, byte, byte) BlueGreen = (0, 128, 110),
        Dark = (17, 17, 17),
        White = (255, 255, 255);

    /// <summary>Of no radiograph, and of no map over it.</summary>
    private static readonly (byte, byte, byte) Orange = (230, 95, 0);

    /// <summary>
    /// A picture, at most as large as it asks to be, with what its mask does to it; where a file is unreadable, why.
    /// </summary>
    public static XElement Of(Picture picture)
    {
        try
        {
            using var small = Read(picture);
            if (picture.Mask is { } mask)
            {
                using var full = MaskFile.Read(mask);
                using var set = Transforms.Resize(full, small.Width, small.Height, Interpolation.Nearest);
                if (picture.View == MaskView.Dimmed)
                    Dim(small, set);
                else
                    Outline(small, set, thickness: 2);
            }
            foreach (var box in picture.Boxes)
                Frame(small, box);
            return Embedded(small, picture.Alternative);
        }
        catch (Exception error) when (error is UnreadableImageException or UnreadableSlideException)
        {
            return Html.Tag("div", Html.Class("unreadable"), error.Message);
        }
    }

    private static Image Read(Picture picture)
    {
        var (path, longest) = (picture.File, picture.Longest);
        if (SlideFile.IsSlide(path))
        {
            using var slide = SlideFile.Open(path);
            return picture.Map is { } map
                ? HeatmapPictures.ReadOverlay(slide, map, longest)
                : slide.ReadThumbnail(longest).Image;
        }
        var image = PatchImage.ReadOne(path, ImageReadOptions.ForModels);
        var scale = (double)longest / Math.Max(image.Width, image.Height);
        if (scale >= 1)
            return image;
        using (image)
            return Transforms.Resize(image, Side(image.Width * scale), Side(image.Height * scale), Interpolation.Area);
    }

    private static int Side(double length) => Math.Max(1, (int)Math.Round(length));

    private static void Dim(Image image, Image mask)
    {
        var pixels = image.WritablePixels;
        var valid = mask.Pixels;
        for (var i = 0; i < valid.Length; i++)
        {
            var color = pixels.Slice(3 * i, 3);
            if (valid[i] != 0)
                continue;
            var gray = 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2];
            color.Fill((byte)(0.3 * gray + 0.7 * 232));
        }
        for (var i = 0; i < valid.Length; i++)
            if (Depth(mask, i, 1) == 1)
                Mark(image, i, BlueGreen);
    }

    /// <summary>Draws the border of what is set: a dark line, and a white one within, to be seen on any color.</summary>
    private static void Outline(Image image, Image mask, int thickness)
    {
        for (var i = 0; i < mask.Pixels.Length; i++)
            if (Depth(mask, i, 2 * thickness) is > 0 and var depth)
                Mark(image, i, depth <= thickness ? Dark : White);
    }

    /// <summary>How many steps a pixel of the mask lies from its border, 1 on the border itself; 0 beyond so many.</summary>
    private static int Depth(Image mask, int i, int most)
    {
        var set = mask.Pixels;
        var width = mask.Width;
        for (var step = 1; step <= most && set[i] != 0; step++)
            if (
                Outside(set, i - step, i % width >= step)
                || Outside(set, i + step, i % width < width - step)
                || Outside(set, i - (step * width), i >= step * width)
                || Outside(set, i + (step * width), i + (step * width) < set.Length)
            )
                return step;
        return 0;
    }

    private static void Frame(Image image, PictureBox box)
    {
        int Place(double share, int side) => Math.Clamp((int)Math.Round(share * side), 0, side - 1);
        var (left, right) = (Place(box.Left, image.Width), Place(box.Right, image.Width));
        var (top, bottom) = (Place(box.Top, image.Height), Place(box.Bottom, image.Height));
        for (var y = top; y <= bottom; y++)
        for (var x = left; x <= right; x++)
            if (Math.Min(Math.Min(x - left, right - x), Math.Min(y - top, bottom - y)) < FrameWidth)
                Mark(image, (y * image.Width) + x, Orange);
    }

    private static void Mark(Image image, int at, (byte Red, byte Green, byte Blue) color) =>
        (image.WritablePixels[3 * at], image.WritablePixels[(3 * at) + 1], image.WritablePixels[(3 * at) + 2]) = color;

    private static bool Outside(ReadOnlySpan<byte> valid, int at, bool within) => within && valid[at] == 0;

    private static XElement Embedded(Image image, string alternative) =>
        Html.Tag(
            "img",
            new XAttribute(
                "src",
                "data:image/jpeg;base64,"
                    + Convert.ToBase64String(
                        ImageFile.Encode(image, ".jpg", new ImageWriteOptions { JpegQuality = 85 })
                    )
            ),
            new XAttribute("width", image.Width),
            new XAttribute("height", image.Height),
            new XAttribute("alt", alternative)
        );
}
