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
    private readonly Dictionary<string, string> properties = [];
    private nint handle;

    /// <exception cref="UnreadableSlideException">OpenSlide knows the format and cannot open the file.</exception>
    public OpenSlideSlide(string path, SlideOptions options)
        : base(path)
    {
        handle = OpenHandle();
        try
        {
            levels = [.. Enumerable.Range(0, NativeSlides.LevelCount(handle)).Select(ReadLevelSize)];
            ReadProperties();
        }
        catch
        {
            NativeSlides.Close(handle);
            throw;
        }
        Resolution = options.Mpp is { } mpp ? Resolution.Of(mpp) : RecordedResolution();
        Bounds = RecordedBounds();
    }

    public override IReadOnlyList<SlideLevel> Levels => levels;

    public override Resolution Resolution { get; }

    public override SlideRectangle Bounds { get; }

    public override IReadOnlyDictionary<string, string> Properties => properties;

    protected override long Fill(int level, int reduction, LevelPoint at, Image into)
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
                if (NativeSlides.Read(handle, place, level, &target, &empty) != 0)
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

    private Resolution RecordedResolution()
    {
        if (Number("openslide.mpp-x") is { } x && Number("openslide.mpp-y") is { } y)
        {
            if (Mpp.IsPlausible(x) && Mpp.IsPlausible(y))
                return new Resolution(new Mpp(x, y), ResolutionSource.Scanner, "openslide.mpp-x, openslide.mpp-y");
        }
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
