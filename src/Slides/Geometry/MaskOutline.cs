using Coverslip.Slides.Images;

namespace Coverslip.Slides.Geometry;

/// <summary>
/// Outlines of a mask along the edges of its pixels, in pixels of the mask: the pixel of column 2 lies between x = 2
/// and
/// x = 3. Pixels that touch at a corner only are not connected. Filling the outlines gives the mask back.
/// </summary>
public static class MaskOutline
{
    private const int IsCrossing = 16;
    private static readonly (int X, int Y)[] Steps = [(1, 0), (0, 1), (-1, 0), (0, -1)];

    // From a corner, the pixel to the right of each direction, which is the one that is set.
    private static readonly (int X, int Y)[] Right = [(0, 0), (-1, 0), (-1, -1), (0, -1)];

    /// <summary>One polygon to each piece of the non-zero pixels, in the order in which rows meet them.</summary>
    /// <param name="mask">Gray, 8 bits.</param>
    /// <exception cref="ArgumentException">No gray image of 8 bits.</exception>
    public static IReadOnlyList<RingPolygon> Trace(Image mask)
    {
        var pieces = Components.Find(mask, diagonal: false);
        var outers = new Ring[pieces.Count];
        var holes = new List<Ring>[pieces.Count];
        for (var i = 0; i < holes.Length; i++)
            holes[i] = [];
        var edges = Edges(mask);
        var columns = mask.Width + 1;
        for (var start = 0; start < edges.Length; start++)
        {
            while ((edges[start] & 15) != 0)
            {
                var direction = int.TrailingZeroCount(edges[start]);
                var (x, y) = ((start % columns) + Right[direction].X, (start / columns) + Right[direction].Y);
                var piece = pieces.Labels[(y * mask.Width) + x] - 1;
                foreach (var ring in Follow(edges, columns, start, direction))
                {
                    if (ring.SignedArea > 0)
                        outers[piece] = ring;
                    else
                        holes[piece].Add(ring);
                }
            }
        }
        return [.. outers.Zip(holes, (outer, its) => new RingPolygon(outer, its))];
    }

    /// <summary>The same in pixels of level 0, of a mask over a whole slide, whose pixel stands for a power of two of them.</summary>
    /// <param name="mask">Gray, 8 bits.</param>
    /// <param name="width">Columns of the slide's level 0.</param>
    public static IReadOnlyList<RingPolygon> TraceOver(Image mask, long width)
    {
        var scale = Math.Pow(2, Math.Round(Math.Log2((double)width / mask.Width)));
        return [.. Trace(mask).Select(p => p.Select(ring => ring.Placed(new Vertex(scale, scale), default)))];
    }

    /// <summary>
    /// For each corner of the pixels, bits of the directions (right, down, left, up) in which an edge between set and
    /// unset leaves it, the set pixel to its right; and whether there are two.
    /// </summary>
    private static byte[] Edges(Image mask)
    {
        var (width, height) = (mask.Width, mask.Height);
        var columns = width + 1;
        var edges = new byte[columns * (height + 1)];
        var pixels = mask.Pixels;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var at = (y * width) + x;
                if (pixels[at] == 0)
                    continue;
                var corner = (y * columns) + x;
                if (y == 0 || pixels[at - width] == 0)
                    edges[corner] |= 1;
                if (x == width - 1 || pixels[at + 1] == 0)
                    edges[corner + 1] |= 2;
                if (y == height - 1 || pixels[at + width] == 0)
                    edges[corner + columns + 1] |= 4;
                if (x == 0 || pixels[at - 1] == 0)
                    edges[corner + columns] |= 8;
            }
        }
        for (var i = 0; i < edges.Length; i++)
            edges[i] |= (byte)(byte.PopCount(edges[i]) == 2 ? IsCrossing : 0);
        return edges;
    }

    /// <summary>
    /// Uses up the edges of one closed walk. Where four edges meet it turns right, around its own pixel. A walk that
    /// comes back to such a corner is cut there: every ring that is returned touches no corner twice.
    /// </summary>
    private static List<Ring> Follow(byte[] edges, int columns, int start, int direction)
    {
        var rings = new List<Ring>();
        var path = new List<(int Corner, bool IsTurn)>();
        var crossings = new Dictionary<int, int>();
        var (corner, arrived) = (start, -1);
        while (direction >= 0)
        {
            if ((edges[corner] & IsCrossing) != 0)
            {
                if (crossings.TryGetValue(corner, out var since))
                {
                    rings.Add(Cut(path, since, columns, crossings));
                }
                crossings[corner] = path.Count;
            }
            path.Add((corner, arrived != direction));
            edges[corner] &= (byte)~(1 << direction);
            corner += Steps[direction].X + (columns * Steps[direction].Y);
            arrived = direction;
            direction = Next(edges[corner], arrived);
        }
        if (path.Count > 0)
            rings.Add(Cut(path, 0, columns, crossings));
        return rings;
    }

    private static int Next(int edges, int arrived)
    {
        var right = (arrived + 1) % 4;
        if ((edges & IsCrossing) != 0)
            return (edges & (1 << right)) != 0 ? right : -1;
        return (edges & 15) == 0 ? -1 : int.TrailingZeroCount(edges);
    }

    private static Ring Cut(
        List<(int Corner, bool IsTurn)> path,
        int since,
        int columns,
        Dictionary<int, int> crossings
    )
    {
        var points = new List<Vertex>();
        for (var i = since; i < path.Count; i++)
        {
            crossings.Remove(path[i].Corner);
            if (path[i].IsTurn || i == since)
                points.Add(new Vertex(path[i].Corner % columns, path[i].Corner / columns));
        }
        path.RemoveRange(since, path.Count - since);
        return new Ring(points);
    }
}
