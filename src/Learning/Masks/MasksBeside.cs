using Coverslip.Learning.Inputs;
using Coverslip.Slides.Images;
using Coverslip.Torch;

namespace Coverslip.Learning.Masks;

/// <summary>An image and its mask.</summary>
/// <param name="Name">The name under which masks are stored.</param>
/// <param name="Image">What was read; whoever takes it disposes of it.</param>
/// <param name="Result">Its mask.</param>
public sealed record MadeMask(string Name, Image Image, MaskResult Result);

/// <summary>
/// Masks of many images, several made at the same time, each on its share of the threads. Threads that make one together wait for
/// each other in every layer of every step: of small maps that costs more than it brings, and where another program has the
/// core, each time until the system takes it back. How many threads an image gets depends on its size alone, and not on
/// what else is to be made, so that it has the same mask in every call.
/// </summary>
/// <param name="maker">Makes each.</param>
/// <param name="options">How.</param>
public sealed class MasksBeside(MaskMaker maker, MaskOptions options)
{
    /// <summary>
    /// Values of one layer's map of all images at once. A step holds some twelve such maps, so that it stays below about 3 GiB,
    /// which one image of 768 × 768 at full size takes by itself.
    /// </summary>
    private const long MostValues = 1L << 26;

    private readonly Lock reading = new();
    private readonly object room = new();
    private long inWork;

    /// <summary>The masks, in the order of the images.</summary>
    /// <param name="images">Names under which masks are stored, and files.</param>
    /// <param name="read">Reads an image of a name and a file; called by one thread at a time, not always the same.</param>
    /// <param name="before">
    /// The segmentation that an earlier call made of an image, of its name and size; null where there is none. Called as
    /// <paramref name="read"/>.
    /// </param>
    /// <param name="stop">Stops before the next image.</param>
    public IEnumerable<MadeMask> Make(
        IReadOnlyList<(string Name, string Path)> images,
        Func<string, string, Image> read,
        Func<string, int, int, Segmentation?> before,
        CancellationToken stop
    )
    {
        var lanes = options.Device.IsCuda ? 1 : TorchRuntime.Threads;
        return new BatchPipeline<MadeMask>(images.Count, Of, lanes).Run();

        MadeMask Of(int number)
        {
            stop.ThrowIfCancellationRequested();
            var (name, path) = images[number];
            Image image;
            Segmentation? known;
            lock (reading)
            {
                image = read(name, path);
                known = before(name, image.Width, image.Height);
            }
            return new MadeMask(name, image, known is null ? Made(image, lanes) : maker.Judge(image, known));
        }
    }

    private MaskResult Made(Image image, int threads)
    {
        var values = (long)(image.Width * options.Scale * image.Height * options.Scale * options.Channels);
        var beside = (int)Math.Clamp(MostValues / Math.Max(1, values), 1, threads);
        Enter(values);
        try
        {
            using var share = new ThreadShare(threads / beside);
            return maker.Make(image);
        }
        finally
        {
            Leave(values);
        }
    }

    // One that is alone is made however large it is.
    private void Enter(long values)
    {
        lock (room)
        {
            while (inWork > 0 && inWork + values > MostValues)
                Monitor.Wait(room);
            inWork += values;
        }
    }

    private void Leave(long values)
    {
        lock (room)
        {
            inWork -= values;
            Monitor.PulseAll(room);
        }
    }
}
