using Coverslip.Files;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.Curriculum;

/// <summary>
/// The lungs of an upright radiograph, roughly: the two largest dark areas inside the body at the gray level at which they are
/// largest and still apart, their edges smoothed and their holes filled. It learns nothing and knows no disease: a lung that is
/// white is not found, and then neither is the pair.
/// </summary>
internal sealed class LungField
{
    /// <summary>Cells to a side. Ribs and vessels are narrower than a cell, and average out.</summary>
    internal const int Side = 96;

    private const int Reach = 2; // cells that edges are moved to and fro by
    private const double LeastArea = 0.02,
        MostArea = 0.3, // of one lung, of the picture
        MostRatio = 3, // of the larger to the smaller one
        LeastHeight = 0.2,
        MostWidth = 0.38, // of the picture
        LeastFilled = 0.45, // of the box around it
        MostGap = 0.25, // between both, of the picture
        MostShift = 0.15; // of their tops, of the picture

    private static readonly double[] Levels = [.. Enumerable.Range(0, 13).Select(i => 0.15 + (0.04 * i))];

    private readonly int[] cells;

    private LungField(bool[] inside)
    {
        Inside = inside;
        cells = [.. inside.Index().Where(c => c.Item).Select(c => c.Index)];
    }

    /// <summary>[Side · Side], row by row over the whole picture.</summary>
    internal bool[] Inside { get; }

    /// <summary>Finds them; null where no two areas could be a pair of lungs.</summary>
    /// <param name="gray">The radiograph, of one channel; air is dark.</param>
    internal static LungField? Of(Image gray)
    {
        using var small = Transforms.Resize(gray, Side, Side, Interpolation.Area);
        var light = small.Pixels.ToArray();
        byte[] ordered = [.. light.Order()];
        bool[]? best = null;
        foreach (var level in Levels.Select(share => ordered[(int)(share * ordered.Length)]).Distinct())
            if (Pair([.. light.Select(v => v <= level)]) is { } pair && Count(pair) > (best is null ? 0 : Count(best)))
                best = pair;
        return best is null ? null : new LungField(best);
    }

    /// <summary>A place in them, as shares of width and height; every place is as likely.</summary>
    internal (double X, double Y) Place(SeededRandom random)
    {
        var cell = cells[random.Below(cells.Length)];
        return ((cell % Side + random.Unit()) / Side, (cell / Side + random.Unit()) / Side);
    }

    private static bool[]? Pair(bool[] dark)
    {
        // What is dark up to the picture's edge is air around the body, also where a bridge of a few cells leads to it.
        var pieces = Pieces(Moved(dark, -Reach));
        var lungs = pieces.Where(p => !p.Any(OnEdge)).OrderByDescending(p => p.Length).Take(2).ToArray();
        if (lungs.Length < 2)
            return null;
        var (first, second) = (Smooth(lungs[0]), Smooth(lungs[1]));
        var both = first.Zip(second, (a, b) => a || b).ToArray();
        return IsLung(first) && IsLung(second) && ArePair(first, second) ? both : null;
    }

    /// <summary>Back to its size, bays of a few cells closed, holes filled.</summary>
    private static bool[] Smooth(int[] piece)
    {
        var area = new bool[Side * Side];
        foreach (var cell in piece)
            area[cell] = true;
        area = Moved(Moved(Moved(area, Reach), Reach), -Reach);
        foreach (var hole in Pieces([.. area.Select(a => !a)]).Where(p => !p.Any(OnEdge)))
        foreach (var cell in hole)
            area[cell] = true;
        return area;
    }

    /// <summary>Neither too small nor too large, tall, and compact: with air beside the body a lung is not.</summary>
    private static bool IsLung(bool[] area)
    {
        var (frame, cells) = (FrameOf(area), Count(area));
        var (width, height) = (frame.Right - frame.Left + 1, frame.Bottom - frame.Top + 1);
        return cells >= LeastArea * area.Length
            && cells <= MostArea * area.Length
            && height >= LeastHeight * Side
            && width <= MostWidth * Side
            && cells >= LeastFilled * width * height;
    }

    /// <summary>On both sides of the middle, with no more than a mediastinum between, at one height, of similar size.</summary>
    private static bool ArePair(bool[] first, bool[] second)
    {
        var (a, b) = (FrameOf(first), FrameOf(second));
        if (a.Left > b.Left)
            (a, b) = (b, a);
        var (large, small) = (Math.Max(Count(first), Count(second)), Math.Min(Count(first), Count(second)));
        return large <= MostRatio * small
            && a.Left + a.Right < Side
            && b.Left + b.Right > Side
            && b.Left - a.Right <= MostGap * Side
            && Math.Abs(a.Top - b.Top) <= MostShift * Side;
    }

    private static (int Left, int Top, int Right, int Bottom) FrameOf(bool[] area)
    {
        int[] inside = [.. area.Index().Where(c => c.Item).Select(c => c.Index)];
        return (inside.Min(c => c % Side), inside[0] / Side, inside.Max(c => c % Side), inside[^1] / Side);
    }

    /// <summary>Its edge moved outwards by so many cells, or inwards; beyond the picture nothing is inside.</summary>
    private static bool[] Moved(bool[] area, int cells)
    {
        var grown = cells > 0;
        for (var step = 0; step < Math.Abs(cells); step++)
        {
            var before = area;
            bool At(int x, int y) => x is >= 0 and < Side && y is >= 0 and < Side && before[y * Side + x];
            area =
            [
                .. before.Select(
                    (own, i) =>
                    {
                        var (x, y) = (i % Side, i / Side);
                        return grown
                            ? own || At(x - 1, y) || At(x + 1, y) || At(x, y - 1) || At(x, y + 1)
                            : own && At(x - 1, y) && At(x + 1, y) && At(x, y - 1) && At(x, y + 1);
                    }
                ),
            ];
        }
        return area;
    }

    private static int[][] Pieces(bool[] area)
    {
        using var mask = Image.From([.. area.Select(a => a ? byte.MaxValue : (byte)0)], Side, Side, channels: 1);
        return
        [
            .. Components
                .Find(mask, diagonal: false)
                .Labels.Index()
                .Where(l => l.Item > 0)
                .GroupBy(l => l.Item, l => l.Index)
                .Select(g => g.ToArray()),
        ];
    }

    /// <summary>Whether a cell is so near to the picture's edge that eroding had left nothing beyond it.</summary>
    private static bool OnEdge(int cell) =>
        cell % Side is <= Reach or >= Side - 1 - Reach || cell / Side is <= Reach or >= Side - 1 - Reach;

    private static int Count(bool[] area) => area.Count(a => a);
}
