using System.Globalization;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tissue;

/// <summary>What lies on the glass or went wrong with the section, as the mask's pixels.</summary>
internal sealed class ArtifactMap
{
    private static readonly (byte R, byte G, byte B) PenColor = (230, 0, 0),
        FoldColor = (250, 200, 0),
        BubbleColor = (0, 190, 230),
        BlurColor = (40, 60, 240);

    /// <summary>[H · W] ink.</summary>
    public required bool[] Pen { get; init; }

    /// <summary>[H · W] tissue that is out of focus, and the slide's sharpness; null where nothing can be said of it.</summary>
    public required (bool[] Blurred, double Sharpness)? Blur { get; init; }

    /// <summary>[H · W] tissue in folds.</summary>
    public required bool[] Folds { get; init; }

    /// <summary>[H · W] beneath bubbles.</summary>
    public required bool[] Bubbles { get; init; }

    /// <summary>What is marked, by one pixel more to each side.</summary>
    public static bool[] Widened(bool[] marked, int width)
    {
        var wide = new bool[marked.Length];
        for (var i = 0; i < marked.Length; i++)
        {
            if (!marked[i])
                continue;
            var (x, y) = (i % width, i / width);
            var (from, to) = (Math.Max(0, x - 1), Math.Min(width - 1, x + 1));
            for (var row = Math.Max(0, y - 1); row <= Math.Min((marked.Length / width) - 1, y + 1); row++)
                wide.AsSpan((row * width) + from, to - from + 1).Fill(true);
        }
        return wide;
    }

    /// <summary>In mm².</summary>
    /// <param name="pixelArea">In square microns.</param>
    public ArtifactAreas Areas(double pixelArea)
    {
        return new ArtifactAreas(Area(Pen), Area(Folds), Area(Bubbles))
        {
            Blur = Blur is { } blur ? Area(blur.Blurred) : null,
            Sharpness = Blur?.Sharpness,
        };

        double Area(bool[] pixels) => pixels.LongCount(p => p) * pixelArea / 1e6;
    }

    /// <summary>Colors what was found: pen red, folds yellow, bubbles light blue, blur dark blue.</summary>
    public void Draw(Image picture)
    {
        var pixels = picture.WritablePixels;
        for (var i = 0; i < Pen.Length; i++)
        {
            var color =
                Pen[i] ? PenColor
                : Folds[i] ? FoldColor
                : Blur?.Blurred[i] == true ? BlurColor
                : BubbleColor;
            if (color == BubbleColor && !Bubbles[i])
                continue;
            pixels[3 * i] = (byte)((pixels[3 * i] + color.R) / 2);
            pixels[(3 * i) + 1] = (byte)((pixels[(3 * i) + 1] + color.G) / 2);
            pixels[(3 * i) + 2] = (byte)((pixels[(3 * i) + 2] + color.B) / 2);
        }
    }
}

/// <summary>Areas of artifacts on a slide in mm², of which pen and blur are no tissue unless they are to be kept.</summary>
/// <param name="Pen">Ink, on tissue and on glass.</param>
/// <param name="Fold">Tissue in folds.</param>
/// <param name="Bubble">Beneath bubbles of air.</param>
public sealed record ArtifactAreas(double Pen, double Fold, double Bubble)
{
    /// <summary>Tissue out of focus; null where the slide is coarser than 2 µm or has too little tissue to compare.</summary>
    public double? Blur { get; init; }

    /// <summary>How sharp the slide's tissue is in the middle; a slide that is blurred all over has far less than others.</summary>
    public double? Sharpness { get; init; }

    /// <summary>Columns of <c>tissue.csv</c>.</summary>
    internal static string[] Columns { get; } = ["pen_mm2", "fold_mm2", "bubble_mm2", "blur_mm2", "sharpness"];

    /// <summary>Values of <see cref="Columns"/>.</summary>
    internal string[] Row => [Text(Pen), Text(Fold), Text(Bubble), Text(Blur), Text(Sharpness)];

    private static string Text(double? number) => number?.ToString("0.######", CultureInfo.InvariantCulture) ?? "";
}
