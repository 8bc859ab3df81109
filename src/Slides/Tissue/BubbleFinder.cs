using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tissue;

/// <summary>
/// Finds bubbles of air by their dark round rim: each steep place votes for the centers to both sides of it, radius by
/// radius (Loy &amp; Zelinsky 2003, radial symmetry). They are told and not left out: tissue is seen through them.
/// </summary>
internal static class BubbleFinder
{
    private const double LeastRadius = 100; // microns
    private const double MostRadius = 520;

    /// <summary>Votes of a circle to its circumference; tissue without bubbles has up to 0.75.</summary>
    private const double LeastVotes = 0.9;
    private const double LeastSlope = 0.06; // of optical density per pixel
    private const double LeastRidge = 0.02;
    private const int LeastPixels = 6;

    /// <summary>Centers and radii in pixels; a picture whose pixels are too wide for bubbles has none.</summary>
    /// <param name="picture">RGB.</param>
    /// <param name="pixel">Microns per pixel.</param>
    public static List<(int X, int Y, int Radius)> Find(Image picture, double pixel)
    {
        var size = (picture.Width, picture.Height);
        var smooth = BoxMean.Of(Density(picture), size, 1);
        var around = BoxMean.Of(smooth, size, 6);
        var edges = Edges(smooth, around, size);
        var best = new float[smooth.Length];
        var radii = new int[smooth.Length];
        var votes = new float[smooth.Length];
        for (var radius = Math.Max(LeastPixels, (int)(LeastRadius / pixel)); radius <= MostRadius / pixel; radius += 2)
        {
            Array.Clear(votes);
            foreach (var (x, y, toX, toY) in edges)
            {
                Vote(votes, size, x + (radius * toX), y + (radius * toY));
                Vote(votes, size, x - (radius * toX), y - (radius * toY));
            }
            var near = BoxMean.Of(votes, size, 2);
            for (var i = 0; i < near.Length; i++)
            {
                var share = near[i] * 25 / (float)(2 * Math.PI * radius);
                if (share > best[i])
                    (best[i], radii[i]) = (share, radius);
            }
        }
        return Peaks(best, radii, picture.Width);
    }

    /// <summary>[H · W] whether a pixel lies beneath one.</summary>
    public static bool[] Mask(Image picture, double pixel)
    {
        var mask = new bool[picture.Width * picture.Height];
        foreach (var (x, y, radius) in Find(picture, pixel))
        {
            for (var row = Math.Max(0, y - radius); row <= Math.Min(picture.Height - 1, y + radius); row++)
            {
                var half = (int)Math.Sqrt((radius * radius) - ((row - y) * (row - y)));
                var (from, to) = (Math.Max(0, x - half), Math.Min(picture.Width - 1, x + half));
                if (from <= to)
                    mask.AsSpan((row * picture.Width) + from, to - from + 1).Fill(true);
            }
        }
        return mask;
    }

    private static float[] Density(Image picture)
    {
        var density = new float[picture.Width * picture.Height];
        var pixels = picture.Pixels;
        for (var i = 0; i < pixels.Length; i++)
            density[i / 3] -= MathF.Log((pixels[i] + 1) / 256f) / 3;
        return density;
    }

    /// <summary>Flanks of what is darker than its surroundings, each with the direction of its slope.</summary>
    private static List<(int X, int Y, float ToX, float ToY)> Edges(
        float[] smooth,
        float[] around,
        (int Width, int Height) size
    )
    {
        var edges = new List<(int, int, float, float)>();
        for (var y = 1; y < size.Height - 1; y++)
        {
            for (var x = 1; x < size.Width - 1; x++)
            {
                var i = (y * size.Width) + x;
                if (smooth[i] - around[i] < LeastRidge)
                    continue;
                var (above, below) = (i - size.Width, i + size.Width);
                // Sobel's kernels, to a slope per pixel.
                var dx =
                    (
                        smooth[above + 1]
                        + (2 * smooth[i + 1])
                        + smooth[below + 1]
                        - smooth[above - 1]
                        - (2 * smooth[i - 1])
                        - smooth[below - 1]
                    ) / 8;
                var dy =
                    (
                        smooth[below - 1]
                        + (2 * smooth[below])
                        + smooth[below + 1]
                        - smooth[above - 1]
                        - (2 * smooth[above])
                        - smooth[above + 1]
                    ) / 8;
                var slope = MathF.Sqrt((dx * dx) + (dy * dy));
                if (slope > LeastSlope)
                    edges.Add((x, y, dx / slope, dy / slope));
            }
        }
        return edges;
    }

    private static void Vote(float[] votes, (int Width, int Height) size, float x, float y)
    {
        var (column, row) = ((int)MathF.Round(x), (int)MathF.Round(y));
        if (column >= 0 && row >= 0 && column < size.Width && row < size.Height)
            votes[(row * size.Width) + column]++;
    }

    /// <summary>The circle with the most votes, then those that do not lie in one before.</summary>
    private static List<(int X, int Y, int Radius)> Peaks(float[] best, int[] radii, int width)
    {
        var found = new List<(int X, int Y, int Radius)>();
        foreach (
            var i in Enumerable.Range(0, best.Length).Where(i => best[i] >= LeastVotes).OrderByDescending(i => best[i])
        )
        {
            var (x, y) = (i % width, i / width);
            if (found.TrueForAll(other => double.Hypot(other.X - x, other.Y - y) > other.Radius))
                found.Add((x, y, radii[i]));
        }
        return found;
    }
}
