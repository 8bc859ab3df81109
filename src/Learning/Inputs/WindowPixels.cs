using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;

namespace Coverslip.Learning.Inputs;

/// <summary>
/// Brings windows of slides to stain and size as the network takes them, in training and in prediction alike. Threads
/// may share it.
/// </summary>
/// <param name="width">Pixels that the network takes.</param>
/// <param name="height">Rows that the network takes.</param>
/// <param name="stain">The stain that windows are brought to before they are resized; null for none.</param>
public sealed class WindowPixels(int width, int height, InputStain? stain)
{
    private int stainsKept;

    /// <summary>Windows whose stain could not be measured (nearly bare glass) and that are used as they are.</summary>
    public int StainsKept => Volatile.Read(ref stainsKept);

    /// <summary>Fills H · W · 4 bytes with a window: red, green, blue, mask (255: all valid).</summary>
    public void Write(Image window, Span<byte> target)
    {
        using var stained = Stained(window);
        var image = stained ?? window;
        if (image.Width == width && image.Height == height)
        {
            Join(image.Pixels, target);
            return;
        }
        using var sized = Transforms.Resize(image, width, height, Interpolation.Area);
        Join(sized.Pixels, target);
    }

    private Image? Stained(Image window)
    {
        if (stain is null)
            return null;
        try
        {
            if (stain.Apply(window, "window") is { } stained)
                return stained;
        }
        catch (InvalidDataException error) when (error.InnerException is StainException)
        {
            // At the border of every tissue lie windows of little but glass: they end no slide, and are counted.
        }
        Interlocked.Increment(ref stainsKept);
        return null;
    }

    /// <summary>RGB as red, green, blue, 255.</summary>
    public static void Join(ReadOnlySpan<byte> colors, Span<byte> target)
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
