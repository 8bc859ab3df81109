using System.Collections.Concurrent;
using Coverslip.Files;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Formats;

/// <summary>
/// Reads what a cohort may name as an image: a file, or a patch of a slide (<see cref="SlidePlace"/>), white where the slide
/// ends. Slides stay open until this is disposed. Threads may share it.
/// </summary>
public sealed class PatchImage : IDisposable
{
    // Patches of a slide follow each other and share few tiles; there may be hundreds of slides.
    private const long CacheBytes = 4L << 20;
    private readonly ConcurrentDictionary<(string File, double? Mpp), Lazy<Slide>> slides = new();

    /// <summary>Reads one image; <see cref="Read"/> reads many patches without opening their slide anew.</summary>
    /// <inheritdoc cref="Read"/>
    public static Image ReadOne(string path, ImageReadOptions? options = null)
    {
        using var reader = new PatchImage();
        return reader.Read(path, options);
    }

    /// <summary>Reads an image, as <see cref="ImageFile.Read"/> does; a patch is RGB of 8 bits, or gray where one channel is asked.</summary>
    /// <param name="path">An image file, or a slide with a place behind it.</param>
    /// <param name="options">Channels and bits.</param>
    /// <exception cref="UnreadableImageException">A file that cannot be read.</exception>
    /// <exception cref="UnreadableSlideException">A slide that cannot be read, or is coarser than the patch.</exception>
    public Image Read(string path, ImageReadOptions? options = null)
    {
        if (SlidePlace.Of(path) is not { } place)
            return ImageFile.Read(path, options);
        var slide = slides.GetOrAdd((place.File, place.SlideMpp), key => new Lazy<Slide>(() => Open(key))).Value;
        var size = new PixelSize(place.Side, place.Side);
        var region = slide.Read(new RegionRequest(new SlidePoint(place.X, place.Y), size, Mpp.Of(place.Mpp)));
        if (region.OutsideShare < 1 && options?.Channels != 1)
            return region.Image;
        using (region)
            return region.OutsideShare < 1
                ? ColorSpaces.Convert(region.Image, ColorConversion.RgbToGray)
                : throw new UnreadableSlideException(
                    place.File,
                    $"the patch {path} lies beyond its end; is it the slide that the patches were chosen on?"
                );
    }

    public void Dispose()
    {
        foreach (var slide in slides.Values.Where(s => s.IsValueCreated))
            slide.Value.Dispose();
    }

    /// <summary>Patches whose size is most likely wrong are not learned from.</summary>
    private static Slide Open((string File, double? Mpp) key)
    {
        var opening = new SlideOptions { Mpp = key.Mpp is { } mpp ? Mpp.Of(mpp) : null, CacheBytes = CacheBytes };
        var slide = SlideFile.Open(key.File, opening);
        if (slide.Resolution.Doubt is not { } doubt)
            return slide;
        slide.Dispose();
        throw new UnreadableSlideException(
            key.File,
            $"{doubt}; its patches are not read so: choose them anew by 'coverslip patches' with --slide-mpp"
        );
    }
}
