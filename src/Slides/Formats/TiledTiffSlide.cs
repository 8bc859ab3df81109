using Coverslip.Slides.Formats.Tiff;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Formats;

/// <summary>A pyramid of JPEG tiles in one TIFF file.</summary>
internal sealed unsafe class TiledTiffSlide : Slide
{
    private static readonly int[] AllReductions = [1, 2, 4, 8];
    private readonly TiffFile file;
    private readonly JpegLevel[] jpegs;
    private readonly SlideLevel[] levels;
    private readonly TileCache cache;

    /// <param name="path">What errors call the slide.</param>
    /// <param name="file">Becomes the slide's.</param>
    /// <param name="pyramid">Its levels.</param>
    /// <param name="options">Resolution and cache.</param>
    public TiledTiffSlide(string path, TiffFile file, TiffPyramid pyramid, SlideOptions options)
        : base(path)
    {
        this.file = file;
        jpegs = [.. pyramid.Levels.Select((directory, level) => new JpegLevel(file, directory, level))];
        var finest = (jpegs[0].Width, jpegs[0].Height);
        levels = [.. jpegs.Select((jpeg, level) => SlideLevel.Of(level, (jpeg.Width, jpeg.Height), finest))];
        cache = new TileCache(options.CacheBytes);
        Properties = TiffProperties.Of(pyramid.First);
        Resolution = options.Mpp is { } mpp
            ? Resolution.Of(mpp)
            : RecordedResolution.Of(Properties, pyramid.Ome, TiffProperties.Resolution(pyramid.First));
        OwnNotes =
        [
            .. pyramid.Notes,
            .. jpegs
                .Select((jpeg, level) => TiffPyramid.SparseNote(level, jpeg.EmptyTiles, jpeg.Columns * jpeg.Rows))
                .OfType<string>(),
        ];
    }

    public override IReadOnlyList<SlideLevel> Levels => levels;

    public override Resolution Resolution { get; }

    public override SlideRectangle Bounds => new(new SlidePoint(0, 0), levels[0].Width, levels[0].Height);

    public override IReadOnlyDictionary<string, string> Properties { get; }

    /// <summary>Names a tile without data; null if there is none.</summary>
    internal string? EmptyTile
    {
        get
        {
            for (var level = 0; level < jpegs.Length; level++)
            {
                if (jpegs[level].FirstEmptyTile is var tile and >= 0)
                    return $"tile ({tile % jpegs[level].Columns}, {tile / jpegs[level].Columns}) of level {level}";
            }
            return null;
        }
    }

    internal override ReadOnlySpan<int> Reductions(int level)
    {
        var all = AllReductions.AsSpan();
        while (jpegs[level].TileWidth % all[^1] != 0 || jpegs[level].TileHeight % all[^1] != 0)
            all = all[..^1];
        return all;
    }

    protected override long Fill(int level, int reduction, LevelPoint at, Image into)
    {
        var jpeg = jpegs[level];
        var (width, height) = (Reduced(jpeg.Width, reduction), Reduced(jpeg.Height, reduction));
        var (left, top) = (Math.Max(at.X, 0), Math.Max(at.Y, 0));
        var (right, bottom) = (Math.Min(at.X + into.Width, width), Math.Min(at.Y + into.Height, height));
        var inside = Math.Max(right - left, 0) * Math.Max(bottom - top, 0);
        var outside = ((long)into.Width * into.Height) - inside;
        if (outside > 0)
            into.WritablePixels.Fill(255);
        if (inside == 0)
            return outside;

        var (tileWidth, tileHeight) = (jpeg.TileWidth / reduction, jpeg.TileHeight / reduction);
        fixed (byte* pixels = into.WritablePixels)
        {
            for (var row = top / tileHeight; row * tileHeight < bottom; row++)
            {
                for (var column = left / tileWidth; column * tileWidth < right; column++)
                {
                    var (tileX, tileY) = (column * tileWidth, row * tileHeight);
                    var (x0, y0) = (Math.Max(left, tileX), Math.Max(top, tileY));
                    var (x1, y1) = (Math.Min(right, tileX + tileWidth), Math.Min(bottom, tileY + tileHeight));
                    var window = new NativeImage
                    {
                        Pixels = pixels + ((y0 - at.Y) * into.Stride) + ((x0 - at.X) * 3),
                        Stride = into.Stride,
                        Width = (int)(x1 - x0),
                        Height = (int)(y1 - y0),
                        Channels = 3,
                        Depth = 8,
                    };
                    var isAll =
                        window.Width == Math.Min(tileWidth, width - tileX)
                        && window.Height == Math.Min(tileHeight, height - tileY);
                    var (inTileX, inTileY) = ((int)(x0 - tileX), (int)(y0 - tileY));
                    var tile = (row * jpeg.Columns) + column;
                    if (jpeg.IsEmpty(tile))
                    {
                        outside += White(window);
                        continue;
                    }
                    if (reduction > 1)
                        jpeg.Decode(tile, reduction, inTileX, inTileY, window);
                    else
                        Place(level, tile, inTileX, inTileY, window, isAll);
                }
            }
        }
        return outside;
    }

    public override void Dispose() => file.Dispose();

    /// <summary>What a tile without data looks like; how many pixels that are.</summary>
    private static long White(NativeImage window)
    {
        for (var row = 0; row < window.Height; row++)
            new Span<byte>(window.Pixels + (row * window.Stride), window.Width * 3).Fill(255);
        return (long)window.Width * window.Height;
    }

    private static long Reduced(long side, int reduction) => (side + reduction - 1) / reduction;

    /// <summary>A window of a tile from the cache, or decoded: whole into the cache, or just the window.</summary>
    private void Place(int level, long tile, int x, int y, NativeImage window, bool isAll)
    {
        var jpeg = jpegs[level];
        var key = (level, tile);
        var found = cache.Find(key);
        if (found is null)
        {
            if (isAll || !cache.Admits(key, jpeg.TileBytes))
            {
                jpeg.Decode(tile, 1, x, y, window);
                return;
            }
            found = cache.Add(key, DecodeWhole(jpeg, tile));
        }
        var stride = jpeg.TileWidth * 3;
        for (var row = 0; row < window.Height; row++)
        {
            found
                .Pixels.AsSpan(((y + row) * stride) + (x * 3), window.Width * 3)
                .CopyTo(new Span<byte>(window.Pixels + (row * window.Stride), window.Width * 3));
        }
        cache.Release(found);
    }

    private byte[] DecodeWhole(JpegLevel jpeg, long tile)
    {
        var buffer = cache.Rent(jpeg.TileBytes);
        try
        {
            fixed (byte* pixels = buffer)
            {
                var whole = new NativeImage
                {
                    Pixels = pixels,
                    Stride = jpeg.TileWidth * 3,
                    Width = jpeg.TileWidth,
                    Height = jpeg.TileHeight,
                    Channels = 3,
                    Depth = 8,
                };
                jpeg.Decode(tile, 1, 0, 0, whole);
            }
            return buffer;
        }
        catch
        {
            cache.Return(buffer);
            throw;
        }
    }
}
