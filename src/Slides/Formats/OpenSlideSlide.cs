using System.Globalization;
using System.Runtime.InteropServices;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Formats;

/// <summary>
/// A slide that OpenSlide reads. It takes places in pixels of level 0 and computes those of the level by a downsample
/// that is not always a whole number; between whole pixels it interpolates. Pixels are the level's own where the place
/// times the downsample is a whole number: everywhere on level 0.
/// </summary>
internal sealed unsafe class OpenSlideSlide : Slide
{
    private readonly ReaderWriterLockSlim gate = new();
    private readonly SlideLevel[] levels;
    private readonly int[] numbers; // OpenSlide's, of each level
    private readonly SparseTiles?[] sparse;
    private readonly Dictionary<string, string> properties = [];
    private nint handle;

    /// <param name="path">The file.</param>
    /// <param name="options">Resolution.</param>
    /// <param name="pyramid">Of a TIFF that has no layout of its own: what of it are levels. Its file is open.</param>
    /// <exception cref="UnreadableSlideException">OpenSlide knows the format and cannot open the file.</exception>
    public OpenSlideSlide(string path, SlideOptions options, TiffPyramid? pyramid = null)
        : base(path)
    {
        handle = OpenHandle();
        try
        {
            var all = Enumerable.Range(0, NativeSlides.LevelCount(handle)).Select(ReadLevelSize).ToArray();
            var own = all.Where(level => IsLevel(level, pyramid)).ToArray();
            numbers = [.. own.Select(level => level.Index)];
            levels = [.. own.Select((level, index) => level with { Index = index })];
            sparse = new SparseTiles?[levels.Length];
            ReadProperties();
        }
        catch
        {
            NativeSlides.Close(handle);
            throw;
        }
        OwnNotes = [.. pyramid?.Notes ?? [], .. FindSparse(pyramid)];
        Resolution = options.Mpp is { } mpp
            ? Resolution.Of(mpp)
            : RecordedResolution.Of(properties, pyramid?.Ome, TagResolution());
        Bounds = RecordedBounds();
    }

    public override IReadOnlyList<SlideLevel> Levels => levels;

    public override Resolution Resolution { get; }

    public override SlideRectangle Bounds { get; }

    public override IReadOnlyDictionary<string, string> Properties => properties;

    protected override long Fill(int level, int reduction, LevelPoint at, Image into)
    {
        var size = new PixelSize(into.Width, into.Height);
        if (sparse[level] is not { } tiles || !tiles.Touches(at, size))
            return Fill(level, at, into);
        into.WritablePixels.Fill(255);
        var white = 0L;
        foreach (var part in tiles.Parts(at, size))
        {
            if (part.IsEmpty)
            {
                white += (long)part.Size.Width * part.Size.Height;
                continue;
            }
            using var piece = new Image(part.Size.Width, part.Size.Height);
            white += Fill(level, part.At, piece);
            var (left, top) = ((int)(part.At.X - at.X), (int)(part.At.Y - at.Y));
            for (var row = 0; row < piece.Height; row++)
            {
                var from = piece.Pixels.Slice(row * piece.Stride, piece.Width * 3);
                from.CopyTo(into.WritablePixels[(((top + row) * into.Stride) + (left * 3))..]);
            }
        }
        return white;
    }

    private long Fill(int level, LevelPoint at, Image into)
    {
        var place = stackalloc long[2];
        place[0] = (long)Math.Round(at.X * levels[level].DownsampleX);
        place[1] = (long)Math.Round(at.Y * levels[level].DownsampleY);
        long empty;
        string? error = null;
        gate.EnterReadLock();
        try
        {
            ObjectDisposedException.ThrowIf(handle == 0, this);
            fixed (byte* pixels = into.WritablePixels)
            {
                var target = NativeImage.Of(into, pixels);
                if (NativeSlides.Read(handle, place, numbers[level], &target, &empty) != 0)
                    error = NativeImaging.LastError;
            }
        }
        finally
        {
            gate.ExitReadLock();
        }
        if (error is null)
            return empty;
        Reopen();
        throw new UnreadableSlideException(
            Path,
            $"level {level}, {into.Width} × {into.Height} pixels at {at}: OpenSlide says: {error}"
        );
    }

    public override void Dispose()
    {
        gate.EnterWriteLock();
        try
        {
            if (handle != 0)
                NativeSlides.Close(handle);
            handle = 0;
        }
        finally
        {
            gate.ExitWriteLock();
        }
    }

    private nint OpenHandle()
    {
        nint opened;
        if (NativeSlides.Open(Path, &opened) != 0)
            throw new UnreadableSlideException(Path, $"OpenSlide says: {NativeImaging.LastError}");
        return opened;
    }

    // After an error OpenSlide answers every further question with it, also about sound parts of the slide.
    private void Reopen()
    {
        gate.EnterWriteLock();
        try
        {
            if (handle == 0)
                return;
            NativeSlides.Close(handle);
            handle = 0;
            handle = OpenHandle();
        }
        finally
        {
            gate.ExitWriteLock();
        }
    }

    private SlideLevel ReadLevelSize(int level)
    {
        var size = stackalloc long[2];
        double downsample;
        if (NativeSlides.Level(handle, level, size, &downsample) != 0)
            throw new UnreadableSlideException(Path, $"level {level}: OpenSlide says: {NativeImaging.LastError}");
        return new SlideLevel(level, size[0], size[1], downsample, downsample);
    }

    private void ReadProperties()
    {
        for (var i = 0; NativeSlides.PropertyName(handle, i) is var name and not 0; i++)
        {
            var value = Marshal.PtrToStringUTF8(NativeSlides.Property(handle, name));
            properties[Marshal.PtrToStringUTF8(name)!] = value ?? "";
        }
    }

    /// <summary>OpenSlide's levels but for pictures of something else, which are known by their size.</summary>
    private static bool IsLevel(SlideLevel level, TiffPyramid? pyramid) =>
        pyramid is null
        || !pyramid.LeftOut.Contains((level.Width, level.Height))
        || pyramid.HasLevel(level.Width, level.Height);

    private List<string> FindSparse(TiffPyramid? pyramid)
    {
        var notes = new List<string>();
        foreach (var (width, height, tiles) in pyramid?.Sparse() ?? [])
        {
            var level = Array.FindIndex(levels, each => (each.Width, each.Height) == (width, height));
            // Aperio's tiles are OpenSlide's to leave out: white on level 0, elsewhere made from the finer level.
            if (level < 0 || pyramid!.IsAperio && level > 0)
                continue;
            notes.Add(TiffPyramid.SparseNote(level, tiles.Count, tiles.All)!);
            sparse[level] = pyramid.IsAperio ? null : tiles;
        }
        return notes;
    }

    private Resolution TagResolution()
    {
        var unit = properties.GetValueOrDefault("tiff.ResolutionUnit") switch
        {
            "inch" => 2,
            "centimeter" => 3,
            _ => 1,
        };
        return Resolution.OfTiff(Number("tiff.XResolution"), Number("tiff.YResolution"), unit);
    }

    private SlideRectangle RecordedBounds()
    {
        var (width, height) = (levels[0].Width, levels[0].Height);
        long Bound(string name, long otherwise) => (long)(Number($"openslide.bounds-{name}") ?? otherwise);
        var (x, y, w, h) = (Bound("x", 0), Bound("y", 0), Bound("width", width), Bound("height", height));
        var isWithin = x >= 0 && y >= 0 && w >= 1 && h >= 1 && x <= width - w && y <= height - h;
        return isWithin
            ? new SlideRectangle(new SlidePoint(x, y), w, h)
            : new SlideRectangle(new SlidePoint(0, 0), width, height);
    }

    private double? Number(string property) =>
        properties.TryGetValue(property, out var text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
