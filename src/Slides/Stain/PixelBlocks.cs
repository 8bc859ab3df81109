using Coverslip.Slides.Images;

namespace Coverslip.Slides.Stain;

/// <summary>Work on the pixels of an image, block by block on all cores.</summary>
internal static class PixelBlocks
{
    private const int RowsPixels = 1 << 14;

    /// <summary>
    /// Calls <paramref name="body"/> with every band of rows and the state of the thread that it runs on, then
    /// <paramref name="finish"/> with each state, one at a time. What states gather must not depend on which bands they
    /// saw: sums of whole numbers do not.
    /// </summary>
    internal static void Run<T>(Image image, Func<T> start, Action<Band, T> body, Action<T> finish)
    {
        var rows = Math.Clamp(RowsPixels / image.Width, 1, image.Height);
        var gate = new Lock();
        Parallel.For(
            0,
            (image.Height + rows - 1) / rows,
            start,
            (block, _, state) =>
            {
                var top = block * rows;
                var height = Math.Min(rows, image.Height - top);
                body(new Band(top, height, top * image.Width, height * image.Width), state);
                return state;
            },
            state =>
            {
                lock (gate)
                    finish(state);
            }
        );
    }

    /// <inheritdoc cref="Run{T}"/>
    internal static void Run(Image image, Action<Band> body) =>
        Run<object?>(image, static () => null, (band, _) => body(band), static _ => { });
}

/// <summary>Whole rows of an image.</summary>
/// <param name="Top">The first row.</param>
/// <param name="Height">Rows.</param>
/// <param name="First">The first pixel, counted through the image.</param>
/// <param name="Count">Pixels.</param>
internal readonly record struct Band(int Top, int Height, int First, int Count);
