using Coverslip.Slides.Images;
using Coverslip.Torch;

namespace Coverslip.Learning.Masks;

/// <summary>
/// One thread for the mask of a small image, and as many as before when disposed of. On maps under 2^18 values per layer
/// threads cost more than they bring, several times over where other programs compete for the cores. The number is the
/// whole process's: who works through images for a command opens this around each, and <see cref="MaskMaker"/> changes
/// nothing.
/// </summary>
public readonly ref struct MaskThreads
{
    private const int SmallMap = 1 << 18;
    private readonly int before;

    /// <param name="image">The image, before it is shrunk.</param>
    /// <param name="options">How its mask is made.</param>
    public MaskThreads(Image image, MaskOptions options)
    {
        before = TorchRuntime.Threads;
        if (image.Width * options.Scale * image.Height * options.Scale * options.Channels < SmallMap)
            TorchRuntime.Threads = 1;
    }

    public void Dispose() => TorchRuntime.Threads = before;
}
