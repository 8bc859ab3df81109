using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Formats;

/// <summary>
/// Reads a rectangle of a slide at any scale from the coarsest level that is fine enough. A level within one part in a
/// hundred of the wanted scale gives its pixels as they are; otherwise each pixel is the mean of the area it covers.
/// Where no level is near, tiles are decoded at 1/2, 1/4 or 1/8.
/// </summary>
internal sealed unsafe class RegionReader
{
    private const double Tolerance = 0.01;
    private const long BandBytes = 16 << 20;
    private readonly Slide slide;
    private readonly int level;
    private readonly int reduction;
    private readonly double gridX;
    private readonly double gridY;
    private readonly double stepX;
    private readonly double stepY;

    /// <param name="slide">What to read.</param>
    /// <param name="wantedX">Columns of level 0 to one of the result.</param>
    /// <param name="wantedY">Rows of level 0 to one of the result.</param>
    /// <exception cref="ArgumentException">Finer than level 0.</exception>
    public RegionReader(Slide slide, double wantedX, double wantedY)
    {
        this.slide = slide;
        level = -1;
        foreach (var each in slide.Levels)
        {
            var isFineEnough =
                each.DownsampleX <= wantedX * (1 + Tolerance) && each.DownsampleY <= wantedY * (1 + Tolerance);
            if (isFineEnough && (level < 0 || each.DownsampleX > slide.Levels[level].DownsampleX))
                level = each.Index;
        }
        if (level < 0)
            throw new ArgumentException("finer than the finest level");

        var from = slide.Levels[level];
        var least = Math.Min(wantedX / from.DownsampleX, wantedY / from.DownsampleY) * (1 + Tolerance);
        reduction = 1;
        foreach (var possible in slide.Reductions(level))
            reduction = possible <= least ? possible : reduction;
        (gridX, gridY) = (from.DownsampleX * reduction, from.DownsampleY * reduction);
        (stepX, stepY) = (Math.Max(1, wantedX / gridX), Math.Max(1, wantedY / gridY));
    }

    /// <summary>Columns and rows of level 0 from one pixel of the result to the next.</summary>
    public (double X, double Y) Step => IsLevel ? (gridX, gridY) : (gridX * stepX, gridY * stepY);

    private bool IsLevel => stepX <= 1 + Tolerance && stepY <= 1 + Tolerance;

    /// <summary>Pixels from a place on.</summary>
    public SlideRegion Read(SlidePoint at, PixelSize size) => Read((at.X, at.Y), size);

    /// <summary>Pixels from a place on that need not be whole.</summary>
    public SlideRegion Read((double X, double Y) at, PixelSize size)
    {
        var image = new Image(size.Width, size.Height);
        try
        {
            if (IsLevel)
            {
                var point = new LevelPoint((long)Math.Round(at.X / gridX), (long)Math.Round(at.Y / gridY));
                var outside = slide.ReadReduced(level, reduction, point, image);
                return new SlideRegion(image, level, reduction, IsResampled: reduction > 1, outside);
            }
            return new SlideRegion(image, level, reduction, IsResampled: true, Sample(at, image));
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>Fills the image band by band, so that a large area at a small scale needs little memory.</summary>
    private long Sample((double X, double Y) at, Image image)
    {
        var left = at.X / gridX;
        var first = (long)Math.Floor(left);
        var width = Beyond(left + (image.Width * stepX)) - first;
        var rows = (int)Math.Clamp(BandBytes / (width * 3 * stepY), 1, image.Height);
        var outside = 0.0;
        for (var y = 0; y < image.Height; y += rows)
        {
            var count = Math.Min(rows, image.Height - y);
            var top = (at.Y / gridY) + (y * stepY);
            var firstRow = (long)Math.Floor(top);
            var height = Beyond(top + (count * stepY)) - firstRow;
            if (width * height * 3 > Array.MaxLength)
                throw new ArgumentException($"{width} × {height} pixels under one row; ask for a part of it");
            using var source = new Image((int)width, (int)height);
            outside += slide.ReadReduced(level, reduction, new LevelPoint(first, firstRow), source);
            AreaSample(source, (left - first, top - firstRow), image, (y, count));
        }
        // Where a band ends within a row of pixels, the next one begins with it: the count is rounded.
        var all = (long)image.Width * image.Height;
        return Math.Min(all, (long)Math.Ceiling(outside / (stepX * stepY)));
    }

    // Sums of steps miss whole numbers by a little: such a sliver is no pixel.
    private static long Beyond(double end) => (long)Math.Ceiling(end - 1e-6);

    private void AreaSample(Image source, (double X, double Y) start, Image image, (int First, int Count) rows)
    {
        var fromStep = stackalloc double[] { start.X, start.Y, stepX, stepY };
        fixed (
            byte* from = source.Pixels,
                to = image.WritablePixels
        )
        {
            var (reads, writes) = (
                NativeImage.Of(source, from),
                NativeImage.Of(image, to + (rows.First * image.Stride))
            );
            writes.Height = rows.Count;
            NativeImaging.Check(NativeSlides.AreaSample(&reads, fromStep, &writes), "sample a region");
        }
    }
}
