using Coverslip.Files;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Formats;

/// <summary>
/// Writes a slide as BigTIFF of JPEG tiles with a pyramid, in one pass: tiles of level 0 are asked for row by row, and
/// of the coarser levels, each the mean of 2 × 2 pixels of the one before, one row of tiles is held at a time. For
/// heatmaps, normalized copies and phantoms; OpenSlide and libvips open it too.
/// </summary>
public sealed class PyramidWriter
{
    /// <summary>Pixels to a side; a row of tiles of the second level then fits into one array.</summary>
    private const int MostSide = 1 << 20;
    private readonly PyramidOptions options;
    private readonly Octave[] octaves;
    private readonly BigTiffFile file;

    private PyramidWriter(BigTiffFile file, int width, int height, PyramidOptions options)
    {
        (this.file, this.options) = (file, options);
        var downsamples = options.For(width, height);
        octaves =
        [
            .. Enumerable
                .Range(0, int.Log2(downsamples[^1]) + 1)
                .Select(octave => new Octave(width, height, octave, downsamples.Contains(1 << octave))),
        ];
    }

    /// <summary>Fills a tile.</summary>
    /// <param name="x">Its left edge in pixels of level 0.</param>
    /// <param name="y">Its top edge.</param>
    /// <param name="tile">White RGB of a whole tile; what lies beyond the slide's edge is not looked at.</param>
    public delegate void TilePainter(int x, int y, Image tile);

    /// <summary>Writes a file whole or not at all.</summary>
    /// <param name="path">Such as <c>slide.tif</c>; a file of that name is replaced.</param>
    /// <param name="width">Pixels of level 0.</param>
    /// <param name="height">Pixels of level 0.</param>
    /// <param name="options">Tiles, quality, resolution, levels.</param>
    /// <param name="paint">Called for every tile of level 0, row by row.</param>
    /// <exception cref="ArgumentException">An option out of its range.</exception>
    public static void Write(string path, int width, int height, PyramidOptions options, TilePainter paint)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, MostSide);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, MostSide);
        options.Check();
        WholeFile.WriteAt(
            path,
            temporary =>
            {
                using var file = new BigTiffFile(temporary, options);
                new PyramidWriter(file, width, height, options).WriteAll(paint);
            }
        );
    }

    private void WriteAll(TilePainter paint)
    {
        var side = options.TileSide;
        foreach (var octave in octaves.Skip(1))
            octave.Band = new byte[(long)octave.Width * side * 3];
        using var tile = new Image(side, side);
        var (width, height) = (octaves[0].Width, octaves[0].Height);
        for (var y = 0; y < height; y += side)
        {
            for (var x = 0; x < width; x += side)
            {
                tile.WritablePixels.Fill(255);
                paint(x, y, tile);
                var (w, h) = (Math.Min(side, width - x), Math.Min(side, height - y));
                if (octaves.Length > 1)
                    Halve(new PixelRows(tile.Pixels, tile.Stride), w, h, octaves[1], x / 2);
                RepeatEdge(tile, w, h);
                octaves[0].Add(file.WriteTile(tile));
            }
            Close(1, Math.Min(side, height - y));
        }
        foreach (var octave in octaves.Where(octave => octave.IsWritten))
            file.AddDirectory(octave.Width, octave.Height, octave.Tiles, isReduced: octave != octaves[0]);
        file.Complete();
    }

    /// <summary>Rows of the octave before have been halved into this one's band: writes the band if it is full.</summary>
    private void Close(int index, int rowsBefore)
    {
        if (index == octaves.Length)
            return;
        var octave = octaves[index];
        octave.Filled += (rowsBefore + 1) / 2;
        var isLast = octave.Done + octave.Filled == octave.Height;
        if (octave.Filled < options.TileSide && !isLast)
            return;
        if (octave.IsWritten)
            WriteBand(octave);
        var rows = octave.Filled;
        if (index + 1 < octaves.Length)
            Halve(new PixelRows(octave.Band, octave.Width * 3), octave.Width, rows, octaves[index + 1], 0);
        (octave.Done, octave.Filled) = (octave.Done + rows, 0);
        Close(index + 1, rows);
    }

    private void WriteBand(Octave octave)
    {
        var side = options.TileSide;
        using var tile = new Image(side, side);
        for (var x = 0; x < octave.Width; x += side)
        {
            var w = Math.Min(side, octave.Width - x);
            for (var row = 0; row < octave.Filled; row++)
            {
                var from = octave.Band.AsSpan(((row * octave.Width) + x) * 3, w * 3);
                from.CopyTo(tile.WritablePixels[(row * tile.Stride)..]);
            }
            RepeatEdge(tile, w, octave.Filled);
            octave.Add(file.WriteTile(tile));
        }
    }

    /// <summary>Means of 2 × 2 pixels into a band, below the rows it holds; at an odd edge the last pixel twice.</summary>
    private static void Halve(PixelRows from, int width, int height, Octave into, int left)
    {
        for (var y = 0; y < height; y += 2)
        {
            var above = from.Row(y, width);
            var below = from.Row(Math.Min(y + 1, height - 1), width);
            var target = into.Band.AsSpan((((into.Filled + (y / 2)) * into.Width) + left) * 3, (width + 1) / 2 * 3);
            for (var x = 0; x < target.Length; x += 3)
            {
                var first = 2 * x;
                var second = Math.Min(first + 3, above.Length - 3);
                for (var c = 0; c < 3; c++)
                {
                    var sum = above[first + c] + above[second + c] + below[first + c] + below[second + c];
                    target[x + c] = (byte)((sum + 2) >> 2);
                }
            }
        }
    }

    /// <summary>Beyond the edge its pixels are repeated, so that JPEG needs no sharp step there.</summary>
    private static void RepeatEdge(Image tile, int width, int height)
    {
        var pixels = tile.WritablePixels;
        for (var y = 0; y < height && width < tile.Width; y++)
        {
            var row = pixels.Slice(y * tile.Stride, tile.Stride);
            for (var x = width; x < tile.Width; x++)
                row.Slice((width - 1) * 3, 3).CopyTo(row[(x * 3)..]);
        }
        for (var y = height; y < tile.Height; y++)
            pixels.Slice((height - 1) * tile.Stride, tile.Stride).CopyTo(pixels[(y * tile.Stride)..]);
    }

    private readonly ref struct PixelRows(ReadOnlySpan<byte> pixels, int stride)
    {
        private readonly ReadOnlySpan<byte> pixels = pixels;

        public ReadOnlySpan<byte> Row(int y, int width) => pixels.Slice(y * stride, width * 3);
    }

    /// <summary>The slide at a half, a quarter, ... of its sides, whether it is a level of the file or not.</summary>
    private sealed class Octave(int width, int height, int octave, bool isWritten)
    {
        public int Width { get; } = Halved(width, octave);

        public int Height { get; } = Halved(height, octave);

        public bool IsWritten => isWritten;

        /// <summary>[tile side · width · 3] of the row of tiles that is being filled.</summary>
        public byte[] Band { get; set; } = [];

        /// <summary>Rows in the band.</summary>
        public int Filled { get; set; }

        /// <summary>Rows above the band.</summary>
        public int Done { get; set; }

        public List<TilePlace> Tiles { get; } = [];

        public void Add(TilePlace tile) => Tiles.Add(tile);

        private static int Halved(int side, int times) => (int)((side + (1L << times) - 1) >> times);
    }
}
