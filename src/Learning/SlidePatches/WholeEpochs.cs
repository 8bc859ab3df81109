using Coverslip.Files;

namespace Coverslip.Learning.SlidePatches;

/// <summary>
/// Epochs in which every patch of some slides comes once, in an order of the epoch's own; or, of two classes, all of the
/// rarer one and as many of the other, drawn anew for each epoch (Takahama et al. 2019, sec. 4.1, of biopsies and of lymph
/// nodes).
/// </summary>
internal sealed class WholeEpochs
{
    private readonly (PatchSource Source, int Label)[] groups;
    private readonly int[] starts; // of each group the number of its first patch
    private readonly int[][] ofClass; // [class] numbers of its patches
    private readonly bool equal;
    private readonly long seed;

    /// <param name="sources">Slides, and patients with image files.</param>
    /// <param name="equal">Whether both classes come as often.</param>
    /// <param name="seed">Of the order.</param>
    /// <exception cref="InvalidDataException">More patches than can be counted.</exception>
    public WholeEpochs(IReadOnlyList<PatchSource> sources, bool equal, long seed)
    {
        (this.equal, this.seed) = (equal, seed);
        groups = [.. sources.SelectMany(s => new[] { 0, 1 }.Where(l => s.Count(l) > 0).Select(l => (s, l)))];
        if (groups.Sum(g => (long)g.Source.Count(g.Label)) is > int.MaxValue and var many)
            throw new InvalidDataException(
                $"the slides have {many} patches, of which an epoch can hold {int.MaxValue}; set patches.sampling: balanced"
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
    }

    /// <summary>Patches of an epoch.</summary>
    public int Count => equal ? 2 * ofClass.Min(c => c.Length) : ofClass.Sum(c => c.Length);

    /// <summary>How many patches of each class the slides have, drawn or not.</summary>
    public IReadOnlyList<int> Patches => [.. ofClass.Select(c => c.Length)];

    /// <summary>All patches, slide by slide.</summary>
    public IEnumerable<DrawnPatch> All => Enumerable.Range(0, ofClass.Sum(c => c.Length)).Select(Of);

    /// <summary>An epoch's patches in its order.</summary>
    public Func<long, DrawnPatch> Epoch(int epoch)
    {
        // Streams from −2 down: examples and the validation draws have those above.
        var random = new SeededRandom(seed, -2 - epoch);
        var taken = equal ? Count / 2 : int.MaxValue;
        int[] order = [.. ofClass.SelectMany(numbers => Taken(numbers, taken, random))];
        random.Shuffle(order.AsSpan());
        return number => Of(order[number]);
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
