using Coverslip.Slides.Images;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// Where each patch of a slide lies on its feature maps (Takahama et al. 2019, sec. 3.1): by its place on the grid, the
/// box around a lump, or around all tissue, in the middle of the map. What lies beyond a map's border is on no map.
/// </summary>
internal sealed class MapLayout
{
    private const int GrowthStep = 16;

    private MapLayout(int maps, int side, IReadOnlyList<int> placed, IReadOnlyList<long> cells, int protruding)
    {
        (Maps, Side, Placed, Cells, Protruding) = (maps, side, placed, cells, protruding);
        Share = placed.Count + protruding == 0 ? 0 : (double)protruding / (placed.Count + protruding);
    }

    /// <summary>Number of maps: lumps, or one; 0 where there is no patch.</summary>
    public int Maps { get; }

    /// <summary>Cells to a side of each map.</summary>
    public int Side { get; }

    /// <summary>The patches that lie on a map, by number.</summary>
    public IReadOnlyList<int> Placed { get; }

    /// <summary>Of each patch of <see cref="Placed"/> its cell: (map · Side + y) · Side + x.</summary>
    public IReadOnlyList<long> Cells { get; }

    /// <summary>Patches that lie beyond their map's border.</summary>
    public int Protruding { get; }

    /// <summary>Their share of all patches.</summary>
    public double Share { get; }

    /// <summary>All cells of all maps.</summary>
    public long CellCount => (long)Maps * Side * Side;

    /// <summary>Lays out a slide's patches; the maps come in the order of their lumps' first patches on the grid.</summary>
    /// <exception cref="ArgumentException">Two patches have the same place.</exception>
    public static MapLayout Of(IReadOnlyList<GridPatch> patches, FeatureMapOptions options)
    {
        var (pieces, lumps) = Lumps(patches, options);
        var boxes = new Box[lumps];
        for (var i = 0; i < patches.Count; i++)
            boxes[pieces[i]] = boxes[pieces[i]].Around(patches[i]);
        var side = options.Side;
        var extent = boxes.Select(b => Math.Max(b.Width, b.Height)).DefaultIfEmpty(0).Max();
        if (options.Grow && extent > side)
            side = (extent + GrowthStep - 1) / GrowthStep * GrowthStep;
        var (placed, cells) = (new List<int>(), new List<long>());
        for (var i = 0; i < patches.Count; i++)
        {
            var box = boxes[pieces[i]];
            var x = patches[i].Column - box.Left + Begin(side, box.Width);
            var y = patches[i].Row - box.Top + Begin(side, box.Height);
            if (x < 0 || y < 0 || x >= side || y >= side)
                continue;
            placed.Add(i);
            cells.Add(((long)pieces[i] * side + y) * side + x);
        }
        return new MapLayout(lumps, side, placed, cells, patches.Count - placed.Count);
    }

    /// <summary>[Maps · Side · Side] labels, <see cref="GridPatch.NoLabel"/> where there is none or no patch.</summary>
    public long[] Labels(IReadOnlyList<GridPatch> patches)
    {
        var labels = new long[CellCount];
        Array.Fill(labels, GridPatch.NoLabel);
        for (var i = 0; i < Placed.Count; i++)
            labels[Cells[i]] = patches[Placed[i]].Label;
        return labels;
    }

    /// <summary>One map of several, as a layout of its own; what protrudes is not known of a single map.</summary>
    public MapLayout Only(int map)
    {
        var (first, cells) = ((long)map * Side * Side, (long)Side * Side);
        var mine = Enumerable
            .Range(0, Placed.Count)
            .Where(i => Cells[i] >= first && Cells[i] < first + cells)
            .ToArray();
        return new MapLayout(1, Side, [.. mine.Select(i => Placed[i])], [.. mine.Select(i => Cells[i] - first)], 0);
    }

    /// <summary>The placed patches in mini-batches, in the order of the grid or shuffled.</summary>
    /// <param name="size">Patches to a mini-batch; the last may have fewer.</param>
    /// <param name="order">[Placed] places in <see cref="Placed"/>; null for the order of the grid.</param>
    public IReadOnlyList<int[]> MiniBatches(int size, int[]? order = null) =>
        [.. (order ?? [.. Enumerable.Range(0, Placed.Count)]).Chunk(size)];

    // Halves are rounded down, also where the box is wider than the map.
    private static int Begin(int side, int extent) => (int)Math.Floor((side - extent) / 2.0);

    /// <summary>The lump of each patch, counted in the order of their first patches by row, then column.</summary>
    private static (int[] Pieces, int Count) Lumps(IReadOnlyList<GridPatch> patches, FeatureMapOptions options)
    {
        if (patches.Count == 0)
            return ([], 0);
        var all = default(Box);
        foreach (var patch in patches)
            all = all.Around(patch);
        using var mask = new Image(all.Width, all.Height, channels: 1);
        mask.WritablePixels.Clear();
        foreach (var patch in patches)
        {
            ref var cell = ref mask.WritablePixels[(patch.Row - all.Top) * all.Width + patch.Column - all.Left];
            if (cell != 0)
                throw new ArgumentException(
                    $"two patches stand at column {patch.Column}, row {patch.Row} of the grid; patches of a map do not overlap"
                );
            cell = byte.MaxValue;
        }
        if (!options.PerLump)
            return (new int[patches.Count], 1);
        var found = Components.Find(mask, options.Diagonal);
        var numbers = new int[found.Count + 1];
        var count = 0;
        foreach (var label in found.Labels)
            if (label > 0 && numbers[label] == 0)
                numbers[label] = ++count;
        var pieces = patches.Select(p =>
            numbers[found.Labels[(p.Row - all.Top) * all.Width + p.Column - all.Left]] - 1
        );
        return ([.. pieces], count);
    }

    /// <summary>Columns and rows from the first to the last; empty at first.</summary>
    private readonly record struct Box(int Left, int Top, int Right, int Bottom)
    {
        internal int Width => Right - Left;

        internal int Height => Bottom - Top;

        internal Box Around(GridPatch p) =>
            Right == Left
                ? new Box(p.Column, p.Row, p.Column + 1, p.Row + 1)
                : new Box(
                    Math.Min(Left, p.Column),
                    Math.Min(Top, p.Row),
                    Math.Max(Right, p.Column + 1),
                    Math.Max(Bottom, p.Row + 1)
                );
    }
}
