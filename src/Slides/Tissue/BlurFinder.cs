using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tissue;

/// <summary>
/// Finds what is out of focus: cells of 64 µm in which brightness curves far less, for how much it varies, than in the
/// slide's tissue in the middle. A slide that is blurred all over has nothing to compare with; its sharpness is told.
/// </summary>
internal sealed class BlurFinder(Slide slide, Image tissue, MaskGrid grid)
{
    private const double Mpp = 2;
    private const int Cell = 32; // pixels at that resolution
    private const int Block = 16; // cells that are read at once, to a side
    private const double LeastVariance = 16; // of 255²: less is no structure to be sharp
    private const double LeastTissue = 0.9;
    private const int FewestCells = 50;

    /// <summary>Of the slide's median; sharp tissue has 0.26 of it and more, on phantoms 0.37.</summary>
    private const double MostSharpness = 0.2;

    // Fewer that touch, 0.037 mm², also occur where tissue is smooth.
    private const int LeastGroup = 9;

    /// <summary>
    /// [H · W] whether a pixel of the mask is in a blurred cell, and the slide's sharpness; null where the slide is too
    /// coarse, or has too little tissue to compare.
    /// </summary>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read.</exception>
    public (bool[] Blurred, double Sharpness)? Find()
    {
        var finest = slide.FinestMpp;
        if (finest.X > Mpp || finest.Y > Mpp)
            return null;
        var view = slide.View(Geometry.Mpp.Of(Mpp));
        var (columns, rows) = (Cells(grid.Scanned.Width, view.StepX), Cells(grid.Scanned.Height, view.StepY));
        var sharpness = new double[columns * rows];
        Parallel.For(
            0,
            (rows + Block - 1) / Block,
            band =>
            {
                for (var left = 0; left < columns; left += Block)
                    Measure(view, (left, band * Block), (columns, rows), sharpness);
            }
        );
        var known = sharpness.Where(s => s > 0).Order().ToArray();
        if (known.Length < FewestCells)
            return null;
        var median = known[known.Length / 2];
        using var mask = new Image(columns, rows, channels: 1);
        for (var i = 0; i < sharpness.Length; i++)
            mask.WritablePixels[i] =
                sharpness[i] > 0 && sharpness[i] < MostSharpness * median ? byte.MaxValue : (byte)0;
        var groups = Components.Find(mask);
        var areas = groups.Areas();
        var blurred = new bool[tissue.Width * tissue.Height];
        for (var i = 0; i < sharpness.Length; i++)
        {
            if (groups.Labels[i] > 0 && areas[groups.Labels[i]] >= LeastGroup)
                Mark(blurred, view, i % columns, i / columns);
        }
        return (blurred, median);

        static int Cells(long side, double step) => (int)(side / step / Cell);
    }

    /// <summary>The pixels of the mask under a cell.</summary>
    private (int Left, int Top, int Right, int Bottom) Under(SlideView view, int column, int row) =>
        (
            (int)(column * Cell * view.StepX / grid.Pitch.X),
            (int)(row * Cell * view.StepY / grid.Pitch.Y),
            Math.Min(tissue.Width, (int)Math.Ceiling((column + 1) * Cell * view.StepX / grid.Pitch.X)),
            Math.Min(tissue.Height, (int)Math.Ceiling((row + 1) * Cell * view.StepY / grid.Pitch.Y))
        );

    private bool IsTissue(SlideView view, int column, int row)
    {
        var (left, top, right, bottom) = Under(view, column, row);
        var count = 0;
        for (var y = top; y < bottom; y++)
        {
            for (var x = left; x < right; x++)
                count += tissue.Pixels[(y * tissue.Width) + x] != 0 ? 1 : 0;
        }
        return count >= LeastTissue * (right - left) * (bottom - top);
    }

    private void Measure(SlideView view, (int X, int Y) first, (int Columns, int Rows) all, double[] sharpness)
    {
        var (right, bottom) = (Math.Min(first.X + Block, all.Columns), Math.Min(first.Y + Block, all.Rows));
        var cells = new List<(int X, int Y)>();
        for (var y = first.Y; y < bottom; y++)
        {
            for (var x = first.X; x < right; x++)
            {
                if (IsTissue(view, x, y))
                    cells.Add((x, y));
            }
        }
        if (cells.Count == 0)
            return;
        var size = new PixelSize((right - first.X) * Cell, (bottom - first.Y) * Cell);
        using var picture = view.ReadAround(
            grid.Scanned.At.X + (((first.X * Cell) + (size.Width / 2.0)) * view.StepX),
            grid.Scanned.At.Y + (((first.Y * Cell) + (size.Height / 2.0)) * view.StepY),
            size
        );
        using var gray = ColorSpaces.Convert(picture, ColorConversion.RgbToGray);
        foreach (var (x, y) in cells)
            sharpness[(y * all.Columns) + x] = Sharpness(gray, (x - first.X) * Cell, (y - first.Y) * Cell);
    }

    /// <summary>The mean square of the Laplacian to the variance; 0 where there is too little of it.</summary>
    private static double Sharpness(Image gray, int left, int top)
    {
        var pixels = gray.Pixels;
        var stride = gray.Stride;
        var (sum, squares, curves, count) = (0.0, 0.0, 0.0, 0);
        for (var y = top + 1; y < top + Cell - 1; y++)
        {
            for (var x = left + 1; x < left + Cell - 1; x++)
            {
                var at = (y * stride) + x;
                int value = pixels[at];
                var curve = pixels[at - 1] + pixels[at + 1] + pixels[at - stride] + pixels[at + stride] - (4 * value);
                (sum, squares, curves, count) = (
                    sum + value,
                    squares + (value * value),
                    curves + (curve * curve),
                    count + 1
                );
            }
        }
        var variance = (squares / count) - (sum / count * (sum / count));
        return variance >= LeastVariance ? curves / count / variance : 0;
    }

    private void Mark(bool[] blurred, SlideView view, int column, int row)
    {
        var (left, top, right, bottom) = Under(view, column, row);
        for (var y = top; y < bottom; y++)
            blurred.AsSpan((y * tissue.Width) + left, right - left).Fill(true);
    }
}
