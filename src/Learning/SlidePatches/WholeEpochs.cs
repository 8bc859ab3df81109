using Coverslip.Files;

namespace Coverslip.Learning.SlidePatches;

/// <summary>
/// Epochs in which every patch of some slides comes once, in an order that seed and epoch decide; or, of two classes, all of the
/// rarer one and as many of the other, drawn anew for each epoch (Takahama et al. 2019, sec. 4.1, of biopsies and of lymph
/// nodes).
/// </summary>
internal sealed class WholeEpochs : IDrawsPatches
{
    /// <summary>Patches that one epoch may have: their order takes four bytes each.</summary>
    private const long Most = 500_000_000;

    private readonly (PatchSource Source, int Label)[] groups;
    private readonly int[] starts; // of each group the number of its first patch
    private readonly int[][] ofClass; // [class] numbers of its patches
    private readonly bool equal;
    private readonly long seed;
    private (int Epoch, int[] Patches)? order;

    /// <param name="sources">Slides, and patients with image files.</param>
    /// <param name="equal">Whether both classes come as often.</param>
    /// <param name="batch">Examples of a batch.</param>
    /// <param name="seed">Of the order.</param>
    /// <exception cref="InvalidDataException">More patches than an epoch may have, or hardly any.</exception>
    public WholeEpochs(IReadOnlyList<PatchSource> sources, bool equal, int batch, long seed)
    {
        (this.equal, this.seed) = (equal, seed);
        groups = [.. sources.SelectMany(s => new[] { 0, 1 }.Where(l => s.Count(l) > 0).Select(l => (s, l)))];
        var all = groups.Sum(g => (long)g.Source.Count(g.Label));
        if (all is < 2 or > Most)
            throw new InvalidDataException(
                $"an epoch is to be all patches, and these patients have {all:N0}; it takes 2 to {Most:N0}: have them drawn "
                    + "(patches.examples: 65536, or patches.sampling: balanced), or lay them otherwise (patches.stride)"
            );
        starts = new int[groups.Length];
        var (numbers, next) = (new List<int>[] { [], [] }, 0);
        for (var group = 0; group < groups.Length; group++)
        {
            starts[group] = next;
            var count = groups[group].Source.Count(groups[group].Label);
            numbers[groups[group].Label].AddRange(Enumerable.Range(next, count));
            next += count;
        }
        ofClass = [.. numbers.Select(n => n.ToArray())];
        long taken = equal ? 2 * ofClass.Min(c => c.Length) : all;
        // Batch normalization takes no statistics from a single example: one that is left over waits for another epoch.
        PerEpoch = taken % batch == 1 && taken > 1 ? taken - 1 : taken;
    }

    public long PerEpoch { get; }

    /// <summary>How many patches each class has; a half each where they come alike.</summary>
    public IReadOnlyList<double> ClassShares => equal ? [0.5, 0.5] : [.. ofClass.Select(c => (double)c.Length)];

    /// <summary>All patches, slide by slide.</summary>
    public IEnumerable<DrawnPatch> All => Enumerable.Range(0, ofClass.Sum(c => c.Length)).Select(Of);

    public DrawnPatch Draw(int epoch, long number, SeededRandom random) => Of(Order(epoch)[number]);

    /// <summary>Several readers ask for one epoch at a time.</summary>
    private int[] Order(int epoch)
    {
        lock (groups)
        {
            if (order is { } known && known.Epoch == epoch)
                return known.Patches;
            // Streams from −2 down: examples and the validation draws have those above.
            var random = new SeededRandom(seed, -2 - epoch);
            var most = equal ? ofClass.Min(c => c.Length) : int.MaxValue;
            int[] drawn = [.. ofClass.SelectMany(numbers => Taken(numbers, most, random))];
            random.Shuffle(drawn.AsSpan());
            order = (epoch, drawn);
            return drawn;
        }
    }

    private static IEnumerable<int> Taken(int[] numbers, int most, SeededRandom random)
    {
        if (numbers.Length <= most)
            return numbers;
        int[] shuffled = [.. numbers];
        random.Shuffle(shuffled.AsSpan());
        return shuffled.Take(most);
    }

    private DrawnPatch Of(int number)
    {
        var group = Array.BinarySearch(starts, number);
        if (group < 0)
            group = ~group - 1;
        return new DrawnPatch(groups[group].Source, groups[group].Label, number - starts[group]);
    }
}
