using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.StoredFeatures;

namespace Coverslip.Methods.Bags;

/// <summary>
/// Slides whose features lie in files, one to each. They are read bag by bag; as many as fit into half a gibibyte stay in memory.
/// </summary>
internal sealed class StoredBags : IBagFeatures
{
    private const long MostKept = 512L << 20;
    private readonly Func<CohortRow, string> fileOf;
    private readonly Dictionary<CohortRow, BagInstances> kept = new(ReferenceEqualityComparer.Instance);
    private long bytes;
    private (string File, string Identity, int Numbers)? first;

    /// <param name="fileOf">The file of a row's features.</param>
    internal StoredBags(Func<CohortRow, string> fileOf) => this.fileOf = fileOf;

    public string Identity => First.Identity;

    public int Numbers => First.Numbers;

    private (string File, string Identity, int Numbers) First =>
        first ?? throw new InvalidOperationException("no features were read yet");

    /// <summary>Reads every file once, so that one that is missing or of another encoder is told before anything is trained.</summary>
    /// <param name="rows">Slides.</param>
    /// <param name="progress">Told how many are read.</param>
    /// <param name="stop">Asked between files.</param>
    /// <exception cref="InvalidDataException">Features of two encoders, or a file without a patch.</exception>
    internal void Check(IReadOnlyList<CohortRow> rows, Action<int>? progress, CancellationToken stop)
    {
        foreach (var (i, row) in rows.Index())
        {
            stop.ThrowIfCancellationRequested();
            Read(row);
            progress?.Invoke(i + 1);
        }
    }

    public BagInstances Of(Bag bag, CancellationToken stop)
    {
        if (bag.Rows.Count == 1)
            return Read(bag.First);
        var all = bag.Rows.Select(Read).ToArray();
        return new BagInstances([.. all.SelectMany(b => b.Values)], all[0].Numbers);
    }

    public void Dispose() => kept.Clear();

    private BagInstances Read(CohortRow row)
    {
        if (kept.TryGetValue(row, out var known))
            return known;
        var file = fileOf(row);
        var (_, features) = FeatureFile.Read(file);
        if (features.Count == 0)
            throw new InvalidDataException($"{file} holds no patch; leave the slide {row.Image} out of the cohort");
        var identity = features.Facts.Encoder ?? $"an unnamed encoder of {features.Numbers} numbers";
        first ??= (file, identity, features.Numbers);
        if (identity != Identity || features.Numbers != Numbers)
            throw new InvalidDataException(
                $"{file} holds {features.Numbers} features of '{identity}', {First.File} {Numbers} of '{Identity}'; features of different encoders do not belong together: compute all of them by one"
            );
        var read = new BagInstances(features.Values, features.Numbers) { Places = features with { Values = [] } };
        if (bytes + (2L * features.Values.Length) <= MostKept)
        {
            kept[row] = read;
            bytes += 2L * features.Values.Length;
        }
        return read;
    }
}
