using System.Buffers;
using Coverslip.Learning.Inputs;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>A picture that is looked at window by window.</summary>
/// <param name="Width">Pixels to a row, at least a window.</param>
/// <param name="Height">Rows, at least a window.</param>
/// <param name="Read">RGB of a window from its left edge and its top on; the caller disposes of it.</param>
internal sealed record WindowedPicture(int Width, int Height, Func<int, int, Image> Read)
{
    /// <summary>Whether a window is worth it; all are by default.</summary>
    internal Func<int, int, bool> Wanted { get; init; } = (_, _) => true;
}

/// <summary>How windows are laid.</summary>
/// <param name="Side">Pixels to a side of a window.</param>
/// <param name="Stride">Pixels from one to the next, at most a side.</param>
/// <param name="Batch">Windows at a time.</param>
/// <param name="Reconstruct">Whether reconstructions are wanted too.</param>
internal sealed record WindowLayout(int Side, int Stride, int Batch, bool Reconstruct);

/// <summary>Finished rows of a picture.</summary>
/// <param name="Top">The first.</param>
/// <param name="Count">How many.</param>
/// <param name="Probability">[Count · Width] of foreground; NaN where no window was wanted.</param>
/// <param name="Reconstruction">[Count · Width · 3] in [0, 1]; empty where it is not wanted.</param>
internal readonly record struct BlendedRows(
    int Top,
    int Count,
    ReadOnlyMemory<float> Probability,
    ReadOnlyMemory<float> Reconstruction
);

/// <summary>
/// Predictions of windows that overlap, as one picture: each pixel is the mean over its windows, weighted by a cosine bell that
/// falls to almost nothing at a window's border, where the network sees least around. Of the picture, rows of one window's
/// height are held. Windows are read ahead on threads of their own.
/// </summary>
internal sealed class BlendedWindows(SegmentationPredictor predictor, WindowLayout layout)
{
    private readonly float[] bell = Bell(layout.Side);

    /// <summary>Rows from top to bottom, each once.</summary>
    /// <param name="picture">What is looked at.</param>
    /// <param name="firstRow">Rows above this one are not wanted.</param>
    /// <param name="progress">Told how many windows of how many are done.</param>
    /// <param name="stop">Asked between batches.</param>
    internal IEnumerable<BlendedRows> Of(
        WindowedPicture picture,
        int firstRow = 0,
        Action<int, int>? progress = null,
        CancellationToken stop = default
    )
    {
        var (side, width, channels) = (layout.Side, picture.Width, layout.Reconstruct ? 4 : 1);
        int[] tops = [.. Starts(picture.Height).Where(top => top + side > firstRow)];
        int[] lefts = [.. Starts(width)];
        (int Top, int[] Lefts)[] batches =
        [
            .. tops.SelectMany(top =>
                lefts.Where(left => picture.Wanted(left, top)).Chunk(layout.Batch).Select(row => (top, row))
            ),
        ];
        var (next, done, total) = (0, 0, batches.Sum(b => b.Lefts.Length));
        var (sums, weights) = (new float[side * width * channels], new float[side * width]);
        var pipeline = new BatchPipeline<RawBatch>(
            batches.Length,
            number => Read(picture, batches[number].Lefts, batches[number].Top),
            predictor.Recipe.Windows.ReaderThreads
        );
        using var read = pipeline.Run().GetEnumerator();
        foreach (var (i, top) in tops.Index())
        {
            for (; next < batches.Length && batches[next].Top == top; next++)
            {
                stop.ThrowIfCancellationRequested();
                read.MoveNext();
                var columns = batches[next].Lefts;
                var windows = new WindowBatch(read.Current.Pixels, columns.Length);
                Add(predictor.Predict(windows, layout.Reconstruct), columns, (sums, weights), width);
                ArrayPool<byte>.Shared.Return(windows.Pixels);
                progress?.Invoke(done += columns.Length, total);
            }
            var end = i + 1 < tops.Length ? tops[i + 1] : picture.Height;
            var from = Math.Max(top, firstRow);
            if (end > from)
                yield return Finished((sums, weights), (from - top, end - top), from, width);
            Shift(sums, (end - top) * width * channels);
            Shift(weights, (end - top) * width);
        }
    }

    /// <summary>Where windows begin; the last one ends with the picture.</summary>
    internal IEnumerable<int> Starts(int extent) =>
        Enumerable
            .Range(0, ((extent - layout.Side) / layout.Stride) + 1)
            .Select(i => i * layout.Stride)
            .Append(extent - layout.Side)
            .Distinct();

    /// <summary>Weights along a side: a squared sine, nowhere zero.</summary>
    private static float[] Bell(int side) =>
        [.. Enumerable.Range(0, side).Select(i => (float)(1e-4 + Math.Pow(Math.Sin(Math.PI * (i + 0.5) / side), 2)))];

    private RawBatch Read(WindowedPicture picture, int[] lefts, int top)
    {
        var size = layout.Side * layout.Side * 4;
        var pixels = ArrayPool<byte>.Shared.Rent(lefts.Length * size);
        foreach (var (i, left) in lefts.Index())
        {
            using var window = picture.Read(left, top);
            WindowPixels.Join(window.Pixels, pixels.AsSpan(i * size, size));
        }
        return new RawBatch(pixels, new int[lefts.Length]);
    }

    private void Add(SegmentedWindows found, int[] lefts, (float[] Sums, float[] Weights) held, int width)
    {
        var (side, channels) = (layout.Side, layout.Reconstruct ? 4 : 1);
        foreach (var (i, left) in lefts.Index())
            for (var y = 0; y < side; y++)
            for (var x = 0; x < side; x++)
            {
                var (from, to) = (((i * side) + y) * side + x, (y * width) + left + x);
                var weight = bell[y] * bell[x];
                held.Weights[to] += weight;
                held.Sums[to * channels] += weight * found.Probability[from];
                for (var c = 1; c < channels; c++)
                    held.Sums[(to * channels) + c] +=
                        weight * found.Reconstruction[((((i * 3) + c - 1) * side) + y) * side + x];
            }
    }

    private BlendedRows Finished((float[] Sums, float[] Weights) held, (int From, int To) rows, int top, int width)
    {
        var (count, channels) = ((rows.To - rows.From) * width, layout.Reconstruct ? 4 : 1);
        var (probability, reconstruction) = (new float[count], new float[layout.Reconstruct ? count * 3 : 0]);
        for (var i = 0; i < count; i++)
        {
            var at = (rows.From * width) + i;
            var weight = held.Weights[at];
            // Sums of single precision may leave the range by their last digit.
            probability[i] = weight > 0 ? Math.Clamp(held.Sums[at * channels] / weight, 0, 1) : float.NaN;
            for (var c = 1; c < channels; c++)
                reconstruction[(i * 3) + c - 1] =
                    weight > 0 ? Math.Clamp(held.Sums[(at * channels) + c] / weight, 0, 1) : 1;
        }
        return new BlendedRows(top, rows.To - rows.From, probability, reconstruction);
    }

    private static void Shift(float[] held, int by)
    {
        var kept = Math.Max(0, held.Length - by);
        Array.Copy(held, held.Length - kept, held, 0, kept);
        Array.Clear(held, kept, held.Length - kept);
    }
}
