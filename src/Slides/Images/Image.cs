using System.Buffers;
using System.Runtime.InteropServices;

namespace Coverslip.Slides.Images;

/// <summary>
/// Pixels in a buffer, a pooled one if it is not large: rows from the top without padding, color interleaved as R, G, B. Disposing it gives the
/// buffer
/// back to the pool; the spans of a disposed image must not be used.
/// </summary>
public sealed class Image : IDisposable
{
    /// <summary>
    /// The pool keeps what it was given and rounds up to powers of two: larger buffers are left to the collector.
    /// </summary>
    private const int MostPooled = 16 << 20;

    private byte[]? buffer;

    /// <summary>An image whose pixels are not set yet: the pool's buffers hold what was in them before.</summary>
    /// <param name="width">Pixels to a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">1 (gray) or 3 (RGB).</param>
    /// <param name="depth">Bits per sample: 8 or 16.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value outside of its range, or more than 2 GiB in
    /// all.</exception>
    public Image(int width, int height, int channels = 3, int depth = 8)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "an image has 1 or 3 channels");
        if (depth is not (8 or 16))
            throw new ArgumentOutOfRangeException(nameof(depth), depth, "a sample has 8 or 16 bits");
        var bytes = (long)width * height * channels * (depth / 8);
        if (bytes > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(
                nameof(width),
                $"{width} × {height} pixels of {channels} × {depth} bits are {bytes} bytes; "
                    + $"the limit is {Array.MaxLength}: read a part, or at a smaller scale"
            );
        }

        (Width, Height, Channels, Depth) = (width, height, channels, depth);
        ByteCount = (int)bytes;
        buffer =
            ByteCount > MostPooled
                ? GC.AllocateUninitializedArray<byte>(ByteCount)
                : ArrayPool<byte>.Shared.Rent(ByteCount);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>1 (gray) or 3 (R, G, B).</summary>
    public int Channels { get; }

    /// <summary>Bits per sample: 8 or 16.</summary>
    public int Depth { get; }

    /// <summary>Bytes from one row to the next.</summary>
    public int Stride => Width * Channels * (Depth / 8);

    /// <summary>Bytes of all pixels.</summary>
    public int ByteCount { get; }

    /// <summary>[H · W · C] samples; of 16-bit images their bytes in this machine's order.</summary>
    public ReadOnlySpan<byte> Pixels => WritablePixels;

    /// <summary>As <see cref="Pixels"/>, for whoever fills the image.</summary>
    public Span<byte> WritablePixels
    {
        get
        {
            ObjectDisposedException.ThrowIf(buffer is null, this);
            return buffer.AsSpan(0, ByteCount);
        }
    }

    /// <summary>[H · W · C] samples of a 16-bit image.</summary>
    /// <exception cref="InvalidOperationException">The image has 8 bits.</exception>
    public Span<ushort> WritablePixels16 =>
        Depth == 16
            ? MemoryMarshal.Cast<byte, ushort>(WritablePixels)
            : throw new InvalidOperationException($"{this} has no 16-bit samples; use {nameof(Pixels)}");

    /// <summary>[H · W · C] samples of a 16-bit image.</summary>
    /// <exception cref="InvalidOperationException">The image has 8 bits.</exception>
    public ReadOnlySpan<ushort> Pixels16 => WritablePixels16;

    /// <summary>An image of its own with the given samples, [height · width · channels] of 8 bits.</summary>
    /// <exception cref="ArgumentException">The number of samples does not fit.</exception>
    public static Image From(ReadOnlySpan<byte> samples, int width, int height, int channels = 3)
    {
        var image = new Image(width, height, channels);
        if (samples.Length == image.ByteCount)
        {
            samples.CopyTo(image.WritablePixels);
            return image;
        }
        image.Dispose();
        throw new ArgumentException(
            $"{samples.Length} samples for {width} × {height} pixels of {channels}, which need {image.ByteCount}",
            nameof(samples)
        );
    }

    /// <summary>The bytes of row <paramref name="y"/>.</summary>
    public ReadOnlySpan<byte> Row(int y)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(y);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(y, Height);
        return Pixels.Slice(y * Stride, Stride);
    }

    /// <summary>An equal image with a buffer of its own.</summary>
    public Image Clone()
    {
        var copy = new Image(Width, Height, Channels, Depth);
        Pixels.CopyTo(copy.WritablePixels);
        return copy;
    }

    public override string ToString() => $"{Width} × {Height} {(Channels == 1 ? "gray" : "RGB")} image of {Depth} bits";

    /// <summary>Gives the buffer back to the pool. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref buffer, null) is { } rented && ByteCount <= MostPooled)
            ArrayPool<byte>.Shared.Return(rented);
    }
}
