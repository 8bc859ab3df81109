using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.SlideWalk;

/// <summary>A window of a slide.</summary>
/// <param name="Column">Its cell.</param>
/// <param name="Row">Its cell.</param>
/// <param name="Pixels">RGB of 8 bits.</param>
internal sealed record SlideWindow(int Column, int Row, Image Pixels) : IDisposable
{
    public void Dispose() => Pixels.Dispose();
}

/// <summary>
/// Cuts windows that overlap out of strips that are read once. The slide is divided into panels of about 8192 columns;
/// in one, rows are read from top to bottom, up to a multiple of 1024 at a time so that tiles are decoded whole, and
/// the rows that the next windows need too are kept. Of a strip only the blocks are read in which some window lies.
/// Between panels the overlap of two windows is read twice (2 % at windows of 299 and a stride of 128).
/// </summary>
internal sealed class WindowStrips(SlideView view, HeatmapGrid grid, PixelSize window)
{
    private const int PanelWidth = 8192;
    private const int Strip = 1024;
    private const int Block = 512;
    private const int MostBlocks = 4;
    private long pixelsRead;

    /// <summary>Pixels read so far, at the view's resolution.</summary>
    public long PixelsRead => Interlocked.Read(ref pixelsRead);

    /// <summary>The windows of the wanted cells; the caller disposes of them.</summary>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read.</exception>
    public IEnumerable<SlideWindow> Read(Func<int, int, bool> wanted)
    {
        var columns = Math.Min(Math.Max(1, PanelWidth / grid.Stride), grid.Columns);
        // One buffer for all panels; the last one may be narrower.
        using var buffer = new Image(((columns - 1) * grid.Stride) + window.Width, window.Height + Strip);
        for (var first = 0; first < grid.Columns; first += columns)
        {
            foreach (var each in ReadPanel(buffer, (first, Math.Min(first + columns, grid.Columns)), wanted))
                yield return each;
        }
    }

    /// <summary>One window alone, as <see cref="Read"/> gives it.</summary>
    public SlideWindow ReadOne(int column, int row) => new(column, row, view.Read(Left(column), Top(row), window));

    private IEnumerable<SlideWindow> ReadPanel(Image buffer, (int First, int End) panel, Func<int, int, bool> wanted)
    {
        var (first, end) = panel;
        var rows = Enumerable
            .Range(0, grid.Rows)
            .Select(row =>
                (Row: row, Columns: Enumerable.Range(first, end - first).Where(c => wanted(c, row)).ToArray())
            )
            .Where(r => r.Columns.Length > 0)
            .ToArray();
        if (rows.Length == 0)
            yield break;
        var left = Left(first);
        var width = (int)(Left(end - 1) + window.Width - left);
        var (top, bottom) = (long.MinValue, long.MinValue); // rows of the view that the buffer holds
        foreach (var (row, cells) in rows)
        {
            var (from, to) = (Top(row), Top(row) + window.Height);
            if (to > bottom)
            {
                var boundary = (long)Math.Ceiling(to / (double)Strip) * Strip;
                var touching = rows.Where(r => Top(r.Row) < boundary && Top(r.Row) + window.Height > bottom).ToArray();
                var until = Math.Min(boundary, touching.Max(r => Top(r.Row) + window.Height));
                var start = Math.Max(from, bottom);
                Keep(buffer, from - top, start - from);
                (top, bottom) = (from, until);
                foreach (var (x, columns) in Spans(touching.Where(r => Top(r.Row) < until), left, width))
                    Fill(buffer, (left, top), (x, start), new PixelSize(columns, (int)(until - start)));
            }
            foreach (var column in cells)
            {
                var pixels = Transforms.Crop(
                    buffer,
                    (int)(Left(column) - left),
                    (int)(from - top),
                    window.Width,
                    window.Height
                );
                yield return new SlideWindow(column, row, pixels);
            }
        }
    }

    private long Left(int column) => ((long)column * grid.Stride) + Before(window.Width);

    private long Top(int row) => ((long)row * grid.Stride) + Before(window.Height);

    /// <summary>From a cell's edge to its window's, so that both have the same middle.</summary>
    private long Before(int side) => (long)Math.Floor((grid.Stride - side) / 2.0);

    /// <summary>Moves the rows that are still needed to the top of the buffer.</summary>
    private static void Keep(Image buffer, long from, long count)
    {
        if (count <= 0)
            return;
        var pixels = buffer.WritablePixels;
        pixels.Slice((int)from * buffer.Stride, (int)count * buffer.Stride).CopyTo(pixels);
    }

    /// <summary>
    /// The stretches, at multiples of a block of the view, in which windows of these rows lie; long ones in pieces.
    /// </summary>
    private IEnumerable<(long X, int Width)> Spans(IEnumerable<(int Row, int[] Columns)> rows, long left, int width)
    {
        var origin = (long)Math.Floor(left / (double)Block);
        var blocks = new bool[((left + width - 1) / Block) - origin + 2];
        foreach (var column in rows.SelectMany(r => r.Columns).Distinct())
        {
            var x = Left(column);
            for (var block = (long)Math.Floor(x / (double)Block); block * Block < x + window.Width; block++)
                blocks[block - origin] = true;
        }
        for (var i = 0; i < blocks.Length; )
        {
            var begin = i;
            while (i < blocks.Length && blocks[i] && i - begin < MostBlocks)
                i++;
            var from = Math.Max(left, (origin + begin) * Block);
            var to = Math.Min(left + width, (origin + i) * Block);
            if (to > from)
                yield return (from, (int)(to - from));
            if (i == begin)
                i++;
        }
    }

    private void Fill(Image buffer, (long Left, long Top) origin, (long X, long Y) at, PixelSize size)
    {
        using var read = view.Read(at.X, at.Y, size);
        Interlocked.Add(ref pixelsRead, (long)size.Width * size.Height);
        for (var y = 0; y < size.Height; y++)
        {
            var to = ((at.Y - origin.Top + y) * buffer.Stride) + ((at.X - origin.Left) * 3);
            read.Row(y).CopyTo(buffer.WritablePixels[(int)to..]);
        }
    }
}
