using Coverslip.Files;
using Coverslip.Torch;

namespace Coverslip.Methods.MultiStage;

/// <summary>Some maps with their labels.</summary>
/// <param name="Maps">Float32 [B, C, side, side].</param>
/// <param name="Labels">Int64 [B, side, side].</param>
/// <param name="Of">Of each map its place among the maps of a <see cref="MapSet"/>.</param>
internal sealed record MapBatch(Tensor Maps, Tensor Labels, IReadOnlyList<int> Of);

/// <summary>All feature maps of some slides; a map is built when it is asked for.</summary>
internal sealed class MapSet
{
    private readonly List<(SlideFeatures Slide, MapLayout Layout)> maps = [];

    /// <param name="slides">Slides; one without patches has no map.</param>
    /// <param name="options">Size of the maps; lumps or whole slides.</param>
    public MapSet(IEnumerable<SlideFeatures> slides, FeatureMapOptions options)
    {
        foreach (var slide in slides)
        {
            var layout = MapLayout.Of(slide.Patches, options);
            Patches += slide.Patches.Count;
            Protruding += layout.Protruding;
            if (layout.Share > 0)
                ProtrudingSlides.Add((slide.Name, layout.Share));
            for (var map = 0; map < layout.Maps; map++)
                maps.Add((slide, layout.Only(map)));
        }
    }

    /// <summary>Number of maps.</summary>
    public int Count => maps.Count;

    /// <summary>Patches of all slides.</summary>
    public int Patches { get; }

    /// <summary>Patches that lie beyond their map's border.</summary>
    public int Protruding { get; }

    /// <summary>The slides of which something protrudes, with its share.</summary>
    public List<(string Slide, double Share)> ProtrudingSlides { get; } = [];

    /// <summary>The slide and the one-map layout of a map.</summary>
    public (SlideFeatures Slide, MapLayout Layout) this[int map] => maps[map];

    /// <summary>Maps that have a labeled cell: only these teach.</summary>
    public IReadOnlyList<int> Labeled =>
        [.. Enumerable.Range(0, maps.Count).Where(m => HasLabel(maps[m].Slide, maps[m].Layout))];

    /// <summary>Some maps of one size.</summary>
    public MapBatch Batch(IReadOnlyList<int> numbers, Device device = default)
    {
        using var scope = new TensorScope();
        var built = numbers.Select(n => FeatureMap.Of(maps[n].Slide.Placed(maps[n].Layout, device), maps[n].Layout));
        var labels = numbers.Select(n => FeatureMap.Labels(maps[n].Slide.Patches, maps[n].Layout, device));
        var joined = Tensor.Cat([.. built], 0).Contiguous(MemoryFormat.ChannelsLast);
        return new MapBatch(scope.Keep(joined), scope.Keep(Tensor.Cat([.. labels], 0)), numbers);
    }

    /// <summary>Maps in batches of one size each, in their order, or shuffled by a seed.</summary>
    public IReadOnlyList<int[]> Batches(IReadOnlyList<int> numbers, int size, (long Seed, int Epoch)? shuffled = null)
    {
        int[] order = [.. numbers];
        if (shuffled is not { } by)
            return [.. Chunks(order, size)];
        var random = new SeededRandom(by.Seed, by.Epoch);
        random.Shuffle(order.AsSpan());
        int[][] batches = [.. Chunks(order, size)];
        random.Shuffle(batches.AsSpan());
        return batches;
    }

    private IEnumerable<int[]> Chunks(int[] order, int size) =>
        order.GroupBy(n => maps[n].Layout.Side).SelectMany(g => g.Chunk(size));

    private static bool HasLabel(SlideFeatures slide, MapLayout layout) =>
        layout.Placed.Any(p => slide.Patches[p].Label != GridPatch.NoLabel);
}
