using Coverslip.Files;
using Coverslip.Slides.Images;

namespace Coverslip.Phantoms;

/// <summary>Tiles of a slide as the scanner sees them: tissue, out of focus in places, beneath bubbles and ink.</summary>
internal sealed class GlassPainter
{
    private const double BlurMicrons = 3; // half the window of a box blur that is applied twice
    private static readonly (float R, float G, float B)[] Inks =
    [
        (0.16f, 0.22f, 0.62f),
        (0.10f, 0.45f, 0.25f),
        (0.15f, 0.15f, 0.17f),
    ];
    private readonly TissuePainter tissue;
    private readonly SlideArtifact[] blurs;
    private readonly SlideArtifact[] overlays;
    private readonly ValueNoise streaks;
    private readonly double mpp;
    private readonly int blur;
    private readonly int margin;
    private byte[] wide = [];
    private byte[] passed = [];

    public GlassPainter(TissuePainter tissue, SlidePhantomOptions options, IReadOnlyList<SlideArtifact> artifacts)
    {
        this.tissue = tissue;
        mpp = options.Mpp.X;
        blurs = [.. artifacts.Where(a => a.Kind == ArtifactKind.Blur)];
        overlays = [.. artifacts.Where(a => a.Kind is ArtifactKind.Bubble or ArtifactKind.Pen)];
        streaks = new ValueNoise(SeededRandom.For(options.Seed, 351));
        blur = Math.Max(1, (int)Math.Round(BlurMicrons / mpp));
        margin = (((2 * blur) + 15) / 16) * 16;
    }

    public void Paint(int left, int top, Image tile)
    {
        var (width, height) = (tile.Width, tile.Height);
        if (tissue.Paint(left, top, width, tile.WritablePixels))
        {
            foreach (var disc in blurs)
            {
                if (disc.Touches(left, top, width, height, 0))
                    Blur(disc, left, top, tile);
            }
        }
        foreach (var artifact in overlays)
        {
            if (!artifact.Touches(left, top, width, height, 0))
                continue;
            var pixels = tile.WritablePixels;
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var pixel = pixels.Slice((y * tile.Stride) + (3 * x), 3);
                    if (artifact.Kind == ArtifactKind.Pen)
                        Ink(artifact, left + x, top + y, pixel);
                    else
                        Bubble(artifact, left + x, top + y, pixel);
                }
            }
        }
    }

    private void Blur(SlideArtifact disc, int left, int top, Image tile)
    {
        var (width, height) = (tile.Width + (2 * margin), tile.Height + (2 * margin));
        if (wide.Length != width * height * 3)
            (wide, passed) = (new byte[width * height * 3], new byte[width * height * 3]);
        tissue.Paint(left - margin, top - margin, width, wide);
        for (var pass = 0; pass < 2; pass++)
        {
            BoxRows(wide, passed, width, height, 3);
            BoxColumns(passed, wide, width, height);
        }
        var pixels = tile.WritablePixels;
        for (var y = 0; y < tile.Height; y++)
        {
            for (var x = 0; x < tile.Width; x++)
            {
                var share = (float)Math.Clamp(4 * (1 - disc.Distance(left + x + 0.5, top + y + 0.5)), 0, 1);
                if (share == 0)
                    continue;
                var (to, from) = ((y * tile.Stride) + (3 * x), 3 * (((y + margin) * width) + x + margin));
                for (var c = 0; c < 3; c++)
                    pixels[to + c] = (byte)(pixels[to + c] + (share * (wide[from + c] - pixels[to + c])) + 0.5f);
            }
        }
    }

    private void BoxRows(byte[] from, byte[] to, int width, int height, int channels)
    {
        for (var y = 0; y < height; y++)
        {
            for (var c = 0; c < channels; c++)
                Box(from, to, (y * width * 3) + c, 3, width);
        }
    }

    private void BoxColumns(byte[] from, byte[] to, int width, int height)
    {
        for (var x = 0; x < width * 3; x++)
            Box(from, to, x, width * 3, height);
    }

    /// <summary>The mean of 2 · blur + 1 neighbors along a line; at its ends of those there are.</summary>
    private void Box(byte[] from, byte[] to, int start, int step, int count)
    {
        var (sum, inside) = (0, 0);
        for (var i = 0; i < Math.Min(blur, count); i++)
            (sum, inside) = (sum + from[start + (i * step)], inside + 1);
        for (var i = 0; i < count; i++)
        {
            if (i + blur < count)
                (sum, inside) = (sum + from[start + ((i + blur) * step)], inside + 1);
            if (i - blur - 1 >= 0)
                (sum, inside) = (sum - from[start + ((i - blur - 1) * step)], inside - 1);
            to[start + (i * step)] = (byte)((sum + (inside / 2)) / inside);
        }
    }

    private void Ink(SlideArtifact pen, int x, int y, Span<byte> pixel)
    {
        var from = pen.Distance(x, y);
        if (from > 1.2)
            return;
        var outward = from + (0.35 * (streaks.Rough((float)(x * mpp / 30), (float)(y * mpp / 30)) - 0.5));
        var share = (float)Math.Clamp((1 - outward) * 8, 0, 1);
        if (share == 0)
            return;
        share *= 0.72f + (0.25f * streaks.Rough((float)(x * mpp / 110), (float)(y * mpp / 15)));
        var (r, g, b) = Inks[pen.Ink];
        pixel[0] = (byte)(pixel[0] * (1 - (share * (1 - r))));
        pixel[1] = (byte)(pixel[1] * (1 - (share * (1 - g))));
        pixel[2] = (byte)(pixel[2] * (1 - (share * (1 - b))));
    }

    private void Bubble(SlideArtifact bubble, int x, int y, Span<byte> pixel)
    {
        var from = bubble.Distance(x, y);
        if (from > 1)
            return;
        var rim = Math.Min(0.15, 14 / (bubble.Radius * mpp));
        // Dark where light is bent away, a bright line within, paler tissue in the middle.
        var ring = Math.Max(0, 1 - (Math.Abs(1 - rim - from) / rim));
        var bright = Math.Max(0, 1 - (Math.Abs(1 - (3 * rim) - from) / rim));
        for (var c = 0; c < 3; c++)
        {
            var value = pixel[c] + (0.18 * (245 - pixel[c])) + (0.6 * bright * (252 - pixel[c]));
            pixel[c] = (byte)(value * (1 - (0.62 * ring)));
        }
    }
}
