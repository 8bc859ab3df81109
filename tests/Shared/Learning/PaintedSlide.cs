using Coverslip.Files;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Tests;

/// <summary>
/// A slide of 2000 × 1500 pixels at 0.5 µm: glass, a rectangle of violet tissue, in it red squares; and a model that
/// says how red a window is.
/// </summary>
internal static class PaintedSlide
{
    public const int Width = 2000;
    public const int Height = 1500;
    public static readonly Mpp Mpp = Mpp.Of(0.5);

    /// <summary>Left, top and side of the red squares.</summary>
    public static readonly (int Left, int Top, int Side)[] Red = [(512, 384, 256), (1280, 768, 192)];

    private static readonly (int Left, int Top, int Right, int Bottom) Tissue = (300, 200, 1700, 1200);

    public static string Write(string path, bool isBlank = false, Mpp? mpp = null)
    {
        var options = new PyramidOptions { Mpp = mpp ?? Mpp, Quality = 95 };
        PyramidWriter.Write(path, Width, Height, options, isBlank ? Glass : Paint);
        return path;
    }

    /// <summary>Windows of 64 pixels, judged by the mean of red less green, from 0 to 1; of blue less green for violet.</summary>
    public static SlideModel Model(
        Action<int>? scored = null,
        PixelSize? window = null,
        bool violet = false,
        string name = "redness"
    )
    {
        var side = window ?? new PixelSize(64, 64);
        return new SlideModel(
            new WindowInput(Mpp, side, side, null),
            new Fingerprint().Add("model", name),
            "tumor",
            windows =>
            {
                scored?.Invoke(windows.Count);
                var each = side.Width * side.Height * 4;
                return
                [
                    .. Enumerable
                        .Range(0, windows.Count)
                        .Select(i => Redness(windows.Pixels.AsSpan(i * each, each), channels: 4, violet)),
                ];
            }
        );
    }

    public static double Redness(ReadOnlySpan<byte> pixels, int channels, bool violet = false)
    {
        long sum = 0;
        for (var i = 0; i < pixels.Length; i += channels)
            sum += pixels[violet ? i + 2 : i] - pixels[i + 1];
        return Math.Clamp(sum / (255.0 * pixels.Length / channels), 0, 1);
    }

    private static void Glass(int x, int y, Image tile) => tile.WritablePixels.Fill(243);

    private static void Paint(int left, int top, Image tile)
    {
        tile.WritablePixels.Fill(243);
        for (var y = 0; y < tile.Height; y++)
        {
            for (var x = 0; x < tile.Width; x++)
            {
                var (px, py) = (left + x, top + y);
                var inTissue = px >= Tissue.Left && px < Tissue.Right && py >= Tissue.Top && py < Tissue.Bottom;
                if (!inTissue)
                    continue;
                var grain = (byte)(((px * 7) ^ (py * 13)) & 15);
                var isRed = Red.Any(r => px >= r.Left && px < r.Left + r.Side && py >= r.Top && py < r.Top + r.Side);
                ReadOnlySpan<byte> pixel = isRed ? [(byte)(225 + grain), 40, 60] : [(byte)(140 + grain), 90, 160];
                pixel.CopyTo(tile.WritablePixels[((y * tile.Stride) + (3 * x))..]);
            }
        }
    }
}
