using System.Buffers;
using Coverslip.Learning.Inputs;

namespace Coverslip.Learning.SlideWalk;

/// <summary>Windows as a network takes them, with their cells; disposing gives the buffer back.</summary>
/// <param name="Windows">The pixels, in the order of the cells.</param>
/// <param name="Cells">Column and row of each.</param>
internal sealed record CellBatch(WindowBatch Windows, IReadOnlyList<(int Column, int Row)> Cells) : IDisposable
{
    public void Dispose() => ArrayPool<byte>.Shared.Return(Windows.Pixels);
}

/// <summary>Brings windows to stain and size as training images were, and gathers them into batches.</summary>
internal sealed class WindowBatches(WindowInput input, int size, ContextWindows? context = null)
{
    private readonly WindowPixels form = new(input.Input.Width, input.Input.Height, input.Stain);

    /// <summary>Windows whose stain could not be measured (nearly bare glass) and that are used as they are.</summary>
    public int StainsKept => form.StainsKept;

    /// <summary>Batches of the given size, the last one smaller; disposes of the windows.</summary>
    public IEnumerable<CellBatch> Of(IEnumerable<SlideWindow> windows)
    {
        foreach (var chunk in Chunks(windows))
        {
            var each = input.Input.Width * input.Input.Height * 4;
            var pixels = ArrayPool<byte>.Shared.Rent((context is null ? 1 : 2) * chunk.Count * each);
            Parallel.For(
                0,
                chunk.Count,
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
                i =>
                {
                    using var window = chunk[i];
                    form.Write(window.Pixels, pixels.AsSpan(i * each, each));
                    if (context is null)
                        return;
                    using var wider = context.Read(window.Column, window.Row);
                    form.Write(wider, pixels.AsSpan((chunk.Count + i) * each, each));
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
}
