using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Phantoms.Tests;

/// <summary>What is measured on painted pixels and on truth masks, to hold it against what was to be painted.</summary>
internal static class PaintedPixels
{
    internal static bool IsNear(Image mask, int x, int y, int reach)
    {
        for (var row = Math.Max(0, y - reach); row <= Math.Min(mask.Height - 1, y + reach); row++)
        {
            var from = Math.Max(0, x - reach);
            var line = mask.Row(row)[from..Math.Min(mask.Width, x + reach + 1)];
            if (line.IndexOfAnyExcept((byte)0) >= 0)
                return true;
        }
        return false;
    }

    internal static bool IsTissue(Image pixels, int left, int top, int side)
    {
        for (var i = 0; i < side * side; i += 7)
        {
            var pixel = pixels.Pixels[(((top + (i / side)) * pixels.Stride) + (3 * (left + (i % side))))..];
            if (pixel[1] > 225)
                return false;
        }
        return true;
    }

    /// <summary>Dark pieces in a square of 220 pixels, those of a few pixels left out.</summary>
    internal static (double Size, int Count, double Cover) Nuclei(Image pixels, int left, int top)
    {
        const int side = 220;
        using var dark = new Image(side, side, channels: 1);
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                var red = pixels.Pixels[((top + y) * pixels.Stride) + (3 * (left + x))];
                dark.WritablePixels[(y * side) + x] = (byte)(red < 125 ? 255 : 0);
            }
        }
        var pieces = Components.Find(dark, diagonal: false);
        var areas = new int[pieces.Count + 1];
        foreach (var label in pieces.Labels)
            areas[label]++;
        int[] nuclei = [.. areas.Skip(1).Where(a => a >= 12).Order()];
        // The median: nuclei that touch count as one.
        return (nuclei[nuclei.Length / 2], nuclei.Length, nuclei.Sum() / (double)(side * side));
    }

    /// <summary>The major axis in microns and the area in mm², from the pixels of a mask.</summary>
    internal static (double Axis, double Area) Measure(Image mask, bool fill, double pixel)
    {
        double n = 0,
            sx = 0,
            sy = 0,
            xx = 0,
            yy = 0,
            xy = 0;
        using var unset = new Image(mask.Width, mask.Height, channels: 1);
        for (var i = 0; i < mask.Pixels.Length; i++)
            unset.WritablePixels[i] = (byte)(mask.Pixels[i] == 0 ? 255 : 0);
        var around = Components.Find(unset, diagonal: false).Labels;
        for (var y = 0; y < mask.Height; y++)
        {
            for (var x = 0; x < mask.Width; x++)
            {
                // What is unset and not joined with the corner is an island in the lesion.
                var label = around[(y * mask.Width) + x];
                if (label == around[0] || (label != 0 && !fill))
                    continue;
                (n, sx, sy, xx, yy, xy) = (
                    n + 1,
                    sx + x,
                    sy + y,
                    xx + ((double)x * x),
                    yy + ((double)y * y),
                    xy + ((double)x * y)
                );
            }
        }
        var (cxx, cyy, cxy) = (
            (xx / n) - (sx * sx / n / n),
            (yy / n) - (sy * sy / n / n),
            (xy / n) - (sx * sy / n / n)
        );
        var half = (cxx - cyy) / 2;
        return (
            4 * Math.Sqrt(((cxx + cyy) / 2) + Math.Sqrt((half * half) + (cxy * cxy))) * pixel,
            n * pixel * pixel / 1e6
        );
    }

    internal static bool Encloses(Ring ring, Vertex p)
    {
        var inside = false;
        for (var i = 0; i < ring.Points.Count; i++)
        {
            var (a, b) = (ring.Points[i], ring.Points[(i + 1) % ring.Points.Count]);
            if (a.Y > p.Y != b.Y > p.Y && p.X < a.X + ((p.Y - a.Y) / (b.Y - a.Y) * (b.X - a.X)))
                inside = !inside;
        }
        return inside;
    }

    internal static Rectangle Box(Ring ring)
    {
        var (left, top) = (ring.Points.Min(p => p.X), ring.Points.Min(p => p.Y));
        return new Rectangle(left, top, ring.Points.Max(p => p.X) - left, ring.Points.Max(p => p.Y) - top);
    }
}
