using Coverslip.Torch;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>
/// Every sixteenth pixel of every sixteenth row: enough for the validation's accuracy and AUC, epoch by epoch.
/// </summary>
internal static class PixelGrid
{
    private const int First = 8;
    private const int Step = 16;

    /// <summary>Scores [B, C, H, W] → [pixels, C], image by image, row by row.</summary>
    internal static Tensor Of(Tensor scores)
    {
        var (rows, columns) = (
            Tensor.Arange(First, scores.Size(2), Step, device: scores.Device),
            Tensor.Arange(First, scores.Size(3), Step, device: scores.Device)
        );
        var chosen = scores.IndexSelect(2, rows).IndexSelect(3, columns); // [B, C, h, w]
        return chosen.Permute(0, 2, 3, 1).Reshape(-1, scores.Size(1));
    }

    /// <summary>Whether these pixels of images of 4 bytes a pixel are foreground, in the same order.</summary>
    internal static IEnumerable<int> Truth(byte[] pixels, int images, (int Height, int Width) size)
    {
        for (var image = 0; image < images; image++)
        for (var y = First; y < size.Height; y += Step)
        for (var x = First; x < size.Width; x += Step)
            yield return pixels[((((image * size.Height) + y) * size.Width) + x) * 4 + 3] > 0 ? 1 : 0;
    }
}
