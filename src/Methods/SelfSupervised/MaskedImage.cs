using System.Buffers;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.SlidePatches;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>How image files are read.</summary>
/// <param name="Cohort">Where their paths and masks are.</param>
/// <param name="Windows">Places and scale.</param>
/// <param name="Side">Pixels to a side of a window.</param>
/// <param name="Stain">What images are brought to; null for none.</param>
internal sealed record MaskedReading(Cohort Cohort, WindowOptions Windows, int Side, InputStain? Stain);

/// <summary>
/// An image with its mask, as a source of windows at places of a grid: foreground where the window's center holds any, as
/// on slides. Where the image is smaller than a window, its edges are mirrored.
/// </summary>
internal sealed class MaskedImage : PatchSource
{
    private readonly MaskedReading reading;
    private readonly (int X, int Y)[][] places; // [class][place]
    private byte[]? kept;

    /// <param name="row">Its row of the cohort.</param>
    /// <param name="reading">How it is read.</param>
    /// <param name="keep">Whether its pixels are held from now on, instead of read for each window.</param>
    /// <exception cref="InvalidDataException">Image and mask do not fit; the message names the row.</exception>
    internal MaskedImage(CohortRow row, MaskedReading reading, bool keep)
        : base(row.Image, row.Patient)
    {
        (Row, this.reading) = (row, reading);
        using (var image = ScaledImage.Read(reading.Cohort, row, reading.Windows))
            (StoredSize, Size, Look) = (
                image.StoredSize,
                (image.Pixels.Width, image.Pixels.Height),
                ImageLook.Of(image.Pixels)
            );
        Padded = (Math.Max(Size.Width, reading.Side), Math.Max(Size.Height, reading.Side));
        var pixels = Load(out var stainKept);
        (kept, StainKept) = (keep ? pixels : null, stainKept);
        places = PlacesOf(pixels);
    }

    internal CohortRow Row { get; }

    /// <summary>Whether its mask is known. Without one its windows are of either class, for nobody knows.</summary>
    internal bool HasMask => Row.Mask is not null || reading.Windows.WithoutMask == WithoutMask.Refuse;

    /// <summary>What it looks like at the run's scale, before its stain is changed.</summary>
    internal ImageLook Look { get; }

    /// <summary>Pixels of the file.</summary>
    internal (int Width, int Height) StoredSize { get; }

    /// <summary>Pixels at the run's scale.</summary>
    internal (int Width, int Height) Size { get; }

    /// <summary>The same, at least a window.</summary>
    internal (int Width, int Height) Padded { get; }

    /// <summary>Whether its stain could not be measured, so that it is used as it is.</summary>
    internal bool StainKept { get; }

    public override int Count(int label) => places[label].Length;

    /// <summary>The place of a window in pixels at the run's scale.</summary>
    internal (int X, int Y) Place(int label, int index) => places[label][index];

    public override void Read(int label, int index, ImageChange change, PatchTarget target)
    {
        var (x, y) = places[label][index];
        // A window that moves stays on the image.
        x = Math.Clamp(x + change.Right, 0, Padded.Width - reading.Side);
        y = Math.Clamp(y + change.Down, 0, Padded.Height - reading.Side);
        var size = reading.Side * reading.Side * 4;
        var window = ArrayPool<byte>.Shared.Rent(size);
        Cut(kept ?? Load(out _), x, y, window);
        change.Unshifted.Apply(window.AsSpan(0, size), target.View(0), target.Height, target.Width);
        ArrayPool<byte>.Shared.Return(window);
    }

    /// <summary>RGB of the image at the run's scale, as the network sees it; edges are mirrored up to a window.</summary>
    internal Image Colors()
    {
        var pixels = kept ?? Load(out _);
        var image = new Image(Padded.Width, Padded.Height);
        var colors = image.WritablePixels;
        for (int from = 0, to = 0; to < colors.Length; from += 4, to += 3)
            pixels.AsSpan(from, 3).CopyTo(colors[to..]);
        return image;
    }

    private static Image Nothing((int Width, int Height) size)
    {
        var mask = new Image(size.Width, size.Height, channels: 1);
        mask.WritablePixels.Clear();
        return mask;
    }

    private void Cut(byte[] pixels, int x, int y, byte[] window)
    {
        var row = reading.Side * 4;
        for (var line = 0; line < reading.Side; line++)
            pixels.AsSpan((((y + line) * Padded.Width) + x) * 4, row).CopyTo(window.AsSpan(line * row));
    }

    /// <summary>Red, green, blue and truth of each pixel, [Padded.Height · Padded.Width · 4].</summary>
    private byte[] Load(out bool stainKept)
    {
        using var image = ScaledImage.Read(reading.Cohort, Row, reading.Windows, reading.Stain);
        stainKept = image.StainKept;
        using var whole = HasMask ? CohortMask.Read(reading.Cohort, Row, image.StoredSize) : Nothing(image.StoredSize);
        using var mask =
            image.StoredSize == Size
                ? whole.Clone()
                : Transforms.Resize(whole, Size.Width, Size.Height, Interpolation.Nearest);
        var pixels = new byte[Padded.Width * Padded.Height * 4];
        var colors = image.Pixels.Pixels;
        var truth = mask.Pixels;
        for (var y = 0; y < Padded.Height; y++)
        for (var x = 0; x < Padded.Width; x++)
        {
            var from = (ScaledImage.Mirror(y, Size.Height) * Size.Width) + ScaledImage.Mirror(x, Size.Width);
            var to = ((y * Padded.Width) + x) * 4;
            colors.Slice(from * 3, 3).CopyTo(pixels.AsSpan(to));
            pixels[to + 3] = truth[from];
        }
        return pixels;
    }

    private (int X, int Y)[][] PlacesOf(byte[] pixels)
    {
        var (side, stride) = (reading.Side, reading.Windows.Stride);
        var sums = Sums(pixels);
        List<(int, int)>[] found =
        [
            [],
            [],
        ];
        foreach (var y in Starts(Padded.Height))
        foreach (var x in Starts(Padded.Width))
        {
            var (rim, center) = ((side - reading.Windows.Center) / 2, reading.Windows.Center);
            var any = HasMask && Any(x + rim, y + rim, center);
            if (!any)
                found[0].Add((x, y));
            if (any || !HasMask)
                found[1].Add((x, y));
        }
        return [.. found.Select(f => f.ToArray())];

        IEnumerable<int> Starts(int extent) =>
            Enumerable
                .Range(0, ((extent - side) / stride) + 1)
                .Select(i => i * stride)
                .Append(extent - side)
                .Distinct();

        bool Any(int x, int y, int extent)
        {
            int At(int column, int row) => sums[(row * (Padded.Width + 1)) + column];
            return At(x + extent, y + extent) - At(x, y + extent) - At(x + extent, y) + At(x, y) > 0;
        }
    }

    /// <summary>Pixels of foreground above and left of each corner.</summary>
    private int[] Sums(byte[] pixels)
    {
        var columns = Padded.Width + 1;
        var sums = new int[columns * (Padded.Height + 1)];
        for (var y = 0; y < Padded.Height; y++)
        {
            var row = 0;
            for (var x = 0; x < Padded.Width; x++)
            {
                row += pixels[(((y * Padded.Width) + x) * 4) + 3] > 0 ? 1 : 0;
                sums[((y + 1) * columns) + x + 1] = sums[(y * columns) + x + 1] + row;
            }
        }
        return sums;
    }
}
