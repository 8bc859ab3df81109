using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Formats;

/// <summary>
/// A slide of which a part was scanned, as OpenSlide's reader of Leica's SCN takes it
/// (openslide.org/formats/leica): one image placed on a larger collection, in nanometers.
/// </summary>
internal static class LeicaSlide
{
    /// <summary>Level 0 of the whole slide.</summary>
    public static readonly PixelSize Whole = new(3000, 2400);

    /// <summary>What was scanned of it.</summary>
    public static readonly SlideRectangle Scanned = new(new SlidePoint(700, 420), 2048, 1536);

    public static readonly Mpp Mpp = Mpp.Of(0.5);

    /// <param name="path">Such as <c>a.scn</c>.</param>
    /// <param name="paint">Paints what was scanned, from its own corner on.</param>
    public static string Write(string path, PyramidWriter.TilePainter paint)
    {
        const int nanometers = 500;
        var (at, width, height) = Scanned;
        var text = FormattableString.Invariant(
            $"""
            <?xml version="1.0"?><scn xmlns="http://www.leica-microsystems.com/scn/2010/10/01"><collection
            sizeX="{Whole.Width * nanometers}" sizeY="{Whole.Height * nanometers}"><image>
            <device model="painted" version="1"/><scanSettings><objectiveSettings><objective>20</objective></objectiveSettings>
            <illuminationSettings><numericalAperture>0.75</numericalAperture><illuminationSource>brightfield</illuminationSource>
            </illuminationSettings></scanSettings>
            <view sizeX="{width * nanometers}" sizeY="{height * nanometers}"
            offsetX="{at.X * nanometers}" offsetY="{at.Y * nanometers}"/>
            <pixels sizeX="{width}" sizeY="{height}"><dimension sizeX="{width}" sizeY="{height}" r="0" ifd="0"/>
            <dimension sizeX="{width / 4}" sizeY="{height / 4}" r="1" ifd="1"/></pixels></image></collection></scn>
            """
        );
        var options = new PyramidOptions
        {
            Mpp = Mpp,
            Quality = 95,
            Downsamples = [1, 4],
            Description = text,
        };
        PyramidWriter.Write(path, (int)width, (int)height, options, paint);
        return path;
    }

    /// <summary>Glass, and from the scan's corner (512, 384) on a violet square of 640 pixels.</summary>
    public static void PaintSquare(int left, int top, Image tile)
    {
        tile.WritablePixels.Fill(243);
        for (var y = 0; y < tile.Height; y++)
        {
            for (var x = 0; x < tile.Width; x++)
            {
                if (left + x is >= 512 and < 1152 && top + y is >= 384 and < 1024)
                    ((ReadOnlySpan<byte>)[150, 90, 160]).CopyTo(tile.WritablePixels[((y * tile.Stride) + (3 * x))..]);
            }
        }
    }

    /// <summary>The square, in pixels of level 0.</summary>
    public static readonly SlideRectangle Square = new(new SlidePoint(700 + 512, 420 + 384), 640, 640);
}
