using Coverslip.Files;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tissue;

/// <summary>
/// Finds tissue: Otsu's threshold on a channel of the slide at a low resolution, small holes filled, small pieces left
/// out. A blank slide gives an empty map that says why.
/// </summary>
/// <remarks>
/// A stained slide has more than two classes: glass, weakly and strongly stained tissue. The first threshold often
/// parts strong from weak. The lower class is therefore parted once more; where that parts two classes, and does not cut
/// glass in two (<see cref="Otsu.PartsTwo"/>), its threshold is the one.
/// </remarks>
public static class TissueFinder
{
    private const long MostPixels = 1L << 28;
    private const int BandRows = 64;

    /// <summary>Reads the scanned part of the slide and finds its tissue.</summary>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read, or no known resolution.</exception>
    /// <exception cref="ArgumentException">An option out of its range, or a mask of more than 2^28 pixels.</exception>
    public static TissueMap Find(Slide slide, TissueOptions options)
    {
        options.Check();
        var finest = slide.Resolution.Mpp ?? new Mpp(0, 0);
        var mpp = Mpp.Of(Math.Max(options.Mpp, Math.Max(finest.X, finest.Y)));
        var pitch = slide.PitchOf(mpp);
        var grid = new MaskGrid(slide.Bounds, pitch, slide.Resolution.Mpp!.Value);
        var (width, height) = (Math.Ceiling(slide.Bounds.Width / pitch.X), Math.Ceiling(slide.Bounds.Height / pitch.Y));
        if (width * height > MostPixels)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"slide {slide.Path}: at {mpp} its mask has {width} × {height} pixels; ")
                    + $"the limit is {MostPixels} in all: find tissue at a coarser resolution"
            );
        }
        var size = new PixelSize((int)width, (int)height);
        var picture = slide.Read(new RegionRequest(slide.Bounds.At, size, mpp)).Image;
        try
        {
            return Find(picture, grid, options, slide);
        }
        catch
        {
            picture.Dispose();
            throw;
        }
    }

    /// <summary>Finds tissue in a picture, which the map then owns.</summary>
    /// <param name="picture">RGB.</param>
    /// <param name="grid">How it lies on the slide.</param>
    /// <param name="options">How tissue is told from glass.</param>
    /// <param name="slide">Where blur is looked for; null: nowhere.</param>
    internal static TissueMap Find(Image picture, MaskGrid grid, TissueOptions options, Slide? slide = null)
    {
        var pen = PenFinder.Find(picture, grid.PixelArea);
        var mask = Channel(picture, options.Channel);
        // Ink has more color than tissue: it would move the threshold.
        var ink = options.KeepPen ? null : pen;
        var histogram = Histogram(mask, ink);
        var otsu = options.Threshold is { } given ? Otsu.At(histogram, given) : Otsu.Of(histogram);
        string? reason = null;
        (bool[] Blurred, double Sharpness)? blur = null;
        if (options.Threshold is null && otsu.Contrast < options.MinContrast)
        {
            mask.WritablePixels.Clear();
            reason =
                $"blank: the two sides of Otsu's threshold {otsu.Threshold} on {Word(options.Channel)} differ by "
                + FormattableString.Invariant($"{otsu.Contrast:0.#} of 255, less than {options.MinContrast}");
        }
        else
        {
            if (options is { Threshold: null, StrongOnly: false })
                otsu = WithWeak(histogram, otsu);
            foreach (ref var value in mask.WritablePixels)
                value = value > otsu.Threshold ? (byte)255 : (byte)0;
            LeaveOut(mask, ink);
            FillHoles(mask, options.FillHoles * 1e6 / grid.PixelArea);
            LeaveOut(mask, ink);
            blur = slide is null ? null : new BlurFinder(slide, mask, grid).Find();
            LeaveOut(mask, options.KeepBlur ? null : blur?.Blurred);
            reason = Clean(mask, grid, options, otsu);
        }
        return new TissueMap(picture, mask)
        {
            Grid = grid,
            Threshold = otsu.Threshold,
            Contrast = otsu.Contrast,
            Reason = reason,
            Pen = pen,
            Blur = blur,
        };
    }

    private static void LeaveOut(Image mask, bool[]? pixels)
    {
        for (var i = 0; i < (pixels?.Length ?? 0); i++)
        {
            if (pixels![i])
                mask.WritablePixels[i] = 0;
        }
    }

    /// <summary>The threshold between glass and weakly stained tissue where there is one, else the one given.</summary>
    private static Otsu WithWeak(ReadOnlySpan<long> histogram, Otsu strong)
    {
        var weak = Otsu.Of(histogram[..(strong.Threshold + 1)]);
        return weak.PartsTwo ? Otsu.At(histogram, weak.Threshold) : strong;
    }

    /// <summary>"saturation", as the command line has it.</summary>
    public static string Word(TissueChannel channel) => channel.ToString().ToLowerInvariant();

    /// <summary>Drops small pieces; why nothing is left, or null.</summary>
    private static string? Clean(Image mask, MaskGrid grid, TissueOptions options, Otsu otsu)
    {
        var pieces = Components.Find(mask, diagonal: false);
        var areas = pieces.Areas();
        var least = options.MinArea * 1e6 / grid.PixelArea;
        var pixels = mask.WritablePixels;
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = pixels[i] != 0 && areas[pieces.Labels[i]] >= least ? (byte)255 : (byte)0;
        if (pieces.Count == 0)
            return $"no pixel of {Word(options.Channel)} is above {otsu.Threshold}";
        var largest = areas.Skip(1).Max();
        return largest >= least
            ? null
            : FormattableString.Invariant($"all {pieces.Count} pieces are smaller than {options.MinArea} mm²; ")
                + FormattableString.Invariant($"the largest has {largest * grid.PixelArea / 1e6:0.####}");
    }

    /// <summary>Glass that tissue surrounds, and that does not reach the border of the mask.</summary>
    private static void FillHoles(Image mask, double most)
    {
        using var glass = mask.Clone();
        foreach (ref var value in glass.WritablePixels)
            value = (byte)~value;
        var holes = Components.Find(glass, diagonal: true);
        var areas = holes.Areas();
        for (var y = 0; y < mask.Height; y++)
        {
            var step = y == 0 || y == mask.Height - 1 ? 1 : Math.Max(1, mask.Width - 1);
            for (var x = 0; x < mask.Width; x += step)
                areas[holes.Labels[(y * mask.Width) + x]] = int.MaxValue;
        }
        var pixels = mask.WritablePixels;
        for (var i = 0; i < pixels.Length; i++)
        {
            if (pixels[i] == 0 && areas[holes.Labels[i]] <= most)
                pixels[i] = 255;
        }
    }

    /// <summary>The channel, band by band: a second picture of the whole slide is not needed for it.</summary>
    private static Image Channel(Image picture, TissueChannel channel)
    {
        var result = new Image(picture.Width, picture.Height, channels: 1);
        var to = result.WritablePixels;
        for (var top = 0; top < picture.Height; top += BandRows)
        {
            using var band = Transforms.Crop(picture, 0, top, picture.Width, Math.Min(BandRows, picture.Height - top));
            using var converted = channel switch
            {
                TissueChannel.Saturation => ColorSpaces.Convert(band, ColorConversion.RgbToHsv),
                TissueChannel.Darkness => ColorSpaces.Convert(band, ColorConversion.RgbToGray),
                _ => band.Clone(),
            };
            var from = converted.Pixels;
            var rows = to.Slice(top * picture.Width, band.Width * band.Height);
            for (var i = 0; i < rows.Length; i++)
            {
                rows[i] = channel switch
                {
                    TissueChannel.Saturation => from[(3 * i) + 1],
                    TissueChannel.Darkness => (byte)(255 - from[i]),
                    _ => (byte)(255 - from[(3 * i) + 1]),
                };
            }
        }
        return result;
    }

    private static long[] Histogram(Image channel, bool[]? without)
    {
        var histogram = new long[256];
        for (var i = 0; i < channel.Pixels.Length; i++)
        {
            if (without?[i] != true)
                histogram[channel.Pixels[i]]++;
        }
        return histogram;
    }
}
