using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tissue;

/// <summary>Where a slide has tissue.</summary>
/// <param name="Picture">The slide as the mask sees it, RGB.</param>
/// <param name="Mask">255 tissue, 0 glass.</param>
public sealed record TissueMap(Image Picture, Image Mask) : IDisposable
{
    private PolygonRegion? region;
    private ArtifactMap? artifacts;

    /// <summary>The mask's pixels on the slide.</summary>
    public required MaskGrid Grid { get; init; }

    /// <summary>The mask's outlines in pixels of level 0; traced when first asked for.</summary>
    public PolygonRegion Region => region ??= PolygonRegion.Of(MaskOutline.Trace(Mask).Select(Grid.ToSlide));

    /// <summary>Pixels of the channel above it are tissue.</summary>
    public required int Threshold { get; init; }

    /// <summary>By how much the means of both sides differ, of 255.</summary>
    public required double Contrast { get; init; }

    /// <summary>Why there is no tissue; null where there is some.</summary>
    public required string? Reason { get; init; }

    /// <summary>[H · W] ink.</summary>
    internal bool[] Pen { get; init; } = [];

    /// <summary>[H · W] tissue that is out of focus, and the slide's sharpness.</summary>
    internal (bool[] Blurred, double Sharpness)? Blur { get; init; }

    /// <summary>Pen, folds, bubbles, blur; folds and bubbles are looked for when first asked for.</summary>
    public ArtifactAreas Artifacts => Found.Areas(Grid.PixelArea);

    private ArtifactMap Found =>
        artifacts ??= new ArtifactMap
        {
            Pen = Pen,
            Blur = Blur,
            Folds = FoldFinder.Find(Picture, Mask, Grid.PixelArea),
            Bubbles = BubbleFinder.Mask(Picture, Math.Sqrt(Grid.PixelArea)),
        };

    /// <summary>In mm².</summary>
    public double Area => Region.Area * Grid.Mpp.X * Grid.Mpp.Y / 1e6;

    /// <summary>Of the part that was scanned, 0 to 1.</summary>
    public double Share => Region.Area / ((double)Grid.Scanned.Width * Grid.Scanned.Height);

    /// <summary>
    /// The picture with the mask's border drawn in green, on the tissue's side, and artifacts colored: pen red, folds
    /// yellow, bubbles light blue, blur dark blue.
    /// </summary>
    public Image Overlay()
    {
        var overlay = Picture.Clone();
        Found.Draw(overlay);
        var (mask, width) = (Mask.Pixels.ToArray(), Mask.Width);
        var pixels = overlay.WritablePixels;
        for (var y = 0; y < Mask.Height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var at = (y * width) + x;
                if (mask[at] == 0)
                    continue;
                var isInner =
                    (x == 0 || mask[at - 1] != 0)
                    && (x == width - 1 || mask[at + 1] != 0)
                    && (y == 0 || mask[at - width] != 0)
                    && (y == Mask.Height - 1 || mask[at + width] != 0);
                if (!isInner)
                    (pixels[3 * at], pixels[(3 * at) + 1], pixels[(3 * at) + 2]) = (0, 160, 60);
            }
        }
        return overlay;
    }

    /// <summary>What is found where, as gray: 0 nothing, 1 tissue, 2 pen, 3 fold, 4 bubble, 5 blur.</summary>
    public Image Marks()
    {
        var marks = new Image(Mask.Width, Mask.Height, channels: 1);
        var found = Found;
        var pixels = marks.WritablePixels;
        for (var i = 0; i < found.Folds.Length; i++)
            pixels[i] =
                found.Pen.Length > 0 && found.Pen[i] ? (byte)2
                : found.Folds[i] ? (byte)3
                : found.Blur?.Blurred[i] == true ? (byte)5
                : found.Bubbles[i] ? (byte)4
                : Mask.Pixels[i] != 0 ? (byte)1
                : (byte)0;
        return marks;
    }

    public void Dispose()
    {
        Picture.Dispose();
        Mask.Dispose();
    }
}

/// <summary>How a mask lies on its slide.</summary>
/// <param name="Scanned">The part of the slide that it covers, from its top left pixel on.</param>
/// <param name="Pitch">Pixels of level 0 to one of the mask.</param>
/// <param name="Mpp">Of level 0.</param>
public sealed record MaskGrid(SlideRectangle Scanned, Vertex Pitch, Mpp Mpp)
{
    /// <summary>From pixels of the mask to pixels of level 0.</summary>
    public RingPolygon ToSlide(RingPolygon polygon) =>
        polygon.Select(ring => ring.Placed(Pitch, new Vertex(Scanned.At.X, Scanned.At.Y)));

    /// <summary>Back again.</summary>
    public RingPolygon ToMask(RingPolygon polygon) =>
        polygon.Select(ring =>
            ring.Moved(-Scanned.At.X, -Scanned.At.Y).Placed(new Vertex(1 / Pitch.X, 1 / Pitch.Y), default)
        );

    /// <summary>Square microns of one of its pixels.</summary>
    public double PixelArea => Pitch.X * Mpp.X * Pitch.Y * Mpp.Y;
}
