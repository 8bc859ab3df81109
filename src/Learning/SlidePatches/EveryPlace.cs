using Coverslip.Files;

namespace Coverslip.Learning.SlidePatches;

/// <summary>
/// Every place of the training slides, and every image file, once an epoch, in an order that seed and epoch decide: a class
/// or a slide comes as often as it has places, and nothing is balanced.
/// </summary>
internal sealed class EveryPlace : IDrawsPatches
{
    /// <summary>Places that one epoch may have: their order takes four bytes each.</summary>
    private const long Most = 500_000_000;

    private readonly (PatchSource Source, int Label)[] runs;
    private readonly long[] ends; // of each run of places, counted through all of them
    private readonly long seed;
    private readonly int places;
    private (int Epoch, int[] Places)? order;

    /// <param name="sources">Slides, and patients with image files.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="batch">Examples of a batch.</param>
    /// <param name="seed">Of the order.</param>
    /// <exception cref="InvalidDataException">More places than an epoch may have, or hardly any.</exception>
    public EveryPlace(IReadOnlyList<PatchSource> sources, int classes, int batch, long seed)
    {
        this.seed = seed;
        runs = [.. sources.SelectMany(s => Enumerable.Range(0, classes).Select(label => (s, label)))];
        ends = new long[runs.Length];
        var (all, counts) = (0L, new double[classes]);
        foreach (var (i, (source, label)) in runs.Index())
        {
            ends[i] = all += source.Count(label);
            counts[label] += source.Count(label);
        }
        if (all is < 2 or > Most)
            throw new InvalidDataException(
                $"patches.examples is all, and the training patients have {all:N0} places; an epoch takes 2 to {Most:N0}: "
                    + "write how many are drawn (patches.examples: 65536), or lay them otherwise (patches.stride)"
            );
        ClassShares = counts;
        // Batch normalization takes no statistics from a single example: one that is left over waits for another epoch.
        PerEpoch = all % batch == 1 ? all - 1 : all;
        places = (int)all;
    }

    public long PerEpoch { get; }

    /// <summary>How many places each class has.</summary>
    public IReadOnlyList<double> ClassShares { get; }

    public DrawnPatch Draw(int epoch, long number, SeededRandom random)
    {
        var place = Order(epoch)[number];
        var run = Array.BinarySearch(ends, place + 1L);
        // Of runs that end alike, those behind the first are empty.
        run = run < 0 ? ~run : Array.IndexOf(ends, ends[run]);
        var (source, label) = runs[run];
        return new DrawnPatch(source, label, (int)(place - (run == 0 ? 0 : ends[run - 1])));
    }

    /// <summary>Several readers ask for one epoch at a time.</summary>
    private int[] Order(int epoch)
    {
        lock (runs)
        {
            if (order is { } known && known.Epoch == epoch)
                return known.Places;
            int[] drawn = [.. Enumerable.Range(0, places)];
            new SeededRandom(seed, unchecked(epoch + 1)).Shuffle(drawn.AsSpan());
            order = (epoch, drawn);
            return drawn;
        }
    }
}
