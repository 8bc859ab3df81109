using System.Buffers;
using Coverslip.Methods.Training;
using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;

namespace Coverslip.Methods.TumorDetection;

/// <summary>Windows as a network takes them, with their cells; disposing gives the buffer back.</summary>
/// <param name="Windows">The pixels, in the order of the cells.</param>
/// <param name="Cells">Column and row of each.</param>
internal sealed record CellBatch(WindowBatch Windows, IReadOnlyList<(int Column, int Row)> Cells) : IDisposable
{
    public void Dispose() => ArrayPool<byte>.Shared.Return(Windows.Pixels);
}

/// <summary>Brings windows to stain and size as training images were, and gathers them into batches.</summary>
internal sealed class WindowBatches(WindowInput input, int size)
{
    private int stainsKept;

    /// <summary>Windows whose stain could not be measured (nearly bare glass) and that are used as they are.</summary>
    public int StainsKept => Volatile.Read(ref stainsKept);

    /// <summary>Batches of the given size, the last one smaller; disposes of the windows.</summary>
    public IEnumerable<CellBatch> Of(IEnumerable<SlideWindow> windows)
    {
        foreach (var chunk in Chunks(windows))
        {
            var each = input.Input.Width * input.Input.Height * 4;
            var pixels = ArrayPool<byte>.Shared.Rent(chunk.Count * each);
            Parallel.For(
                0,
                chunk.Count,
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
                i =>
                {
                    using var window = chunk[i];
                    Write(window.Pixels, pixels.AsSpan(i * each, each));
                }
            );
            yield return new CellBatch(new WindowBatch(pixels, chunk.Count), [.. chunk.Select(w => (w.Column, w.Row))]);
        }
    }

    /// <summary>Chunks that hold no more windows in memory than one of them.</summary>
    private IEnumerable<List<SlideWindow>> Chunks(IEnumerable<SlideWindow> windows)
    {
        var chunk = new List<SlideWindow>(size);
        foreach (var window in windows)
        {
            chunk.Add(window);
            if (chunk.Count < size)
                continue;
            yield return chunk;
            chunk = new List<SlideWindow>(size);
        }
        if (chunk.Count > 0)
            yield return chunk;
    }

    private void Write(Image window, Span<byte> target)
    {
        using var stained = Stained(window);
        var image = stained ?? window;
        if (image.Width == input.Input.Width && image.Height == input.Input.Height)
        {
            Join(image.Pixels, target);
            return;
        }
        using var sized = Transforms.Resize(image, input.Input.Width, input.Input.Height, Interpolation.Area);
        Join(sized.Pixels, target);
    }

    private Image? Stained(Image window)
    {
        if (input.Stain is null)
            return null;
        try
        {
            if (input.Stain.Apply(window, "window") is { } stained)
                return stained;
        }
        catch (InvalidDataException error) when (error.InnerException is StainException)
        {
            // At the border of every tissue lie windows of little but glass: they end no slide, and are counted.
        }
        Interlocked.Increment(ref stainsKept);
        return null;
    }

    private static void Join(ReadOnlySpan<byte> colors, Span<byte> target)
    {
        for (int from = 0, to = 0; to < target.Length; from += 3, to += 4)
        {
            target[to] = colors[from];
            target[to + 1] = colors[from + 1];
            target[to + 2] = colors[from + 2];
            target[to + 3] = byte.MaxValue;
        }
    }
}
