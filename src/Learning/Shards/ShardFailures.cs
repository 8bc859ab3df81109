using Coverslip.Files;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.Shards;

/// <summary>
/// What failed in a share, in <c>shards/failed-K.csv</c> of the output folder; there is no such file where nothing did. Merging
/// tells it as a call on all slides would have.
/// </summary>
public static class ShardFailures
{
    private static readonly string[] Columns = ["slide", "reason"];

    /// <summary>Keeps what failed in the last call on a share.</summary>
    public static void Write(string folder, Shard shard, IReadOnlyList<FailedFile> failures)
    {
        var path = FileOf(folder, shard.Number);
        if (failures.Count > 0)
            CsvTable.Write(path, Columns, failures.Select(f => (string[])[f.Name, f.Reason]));
        else
            File.Delete(path);
    }

    /// <summary>Why slides failed, by their names without extension.</summary>
    public static IReadOnlyDictionary<string, string> Read(string folder)
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        var place = Path.Combine(folder, ShardPlan.Folder);
        if (Directory.Exists(place))
            foreach (var file in Directory.GetFiles(place, "failed-*.csv").Order(StringComparer.Ordinal))
            {
                var table = CsvTable.Read(file);
                var (slide, reason) = (table.Require(Columns[0]), table.Require(Columns[1]));
                foreach (var row in table.Rows)
                    reasons[row.Fields[slide]] = row.Fields[reason];
            }
        return reasons;
    }

    /// <summary>What merging throws for a slide that is not finished: the reason that its share kept, or the way out.</summary>
    /// <param name="reasons">Of <see cref="Read"/>.</param>
    /// <param name="slide">Its file.</param>
    public static InvalidDataException Missing(IReadOnlyDictionary<string, string> reasons, string slide) =>
        new(
            reasons.GetValueOrDefault(Path.GetFileNameWithoutExtension(slide))
                ?? "not finished; call with its --shard again, then with --merge"
        );

    private static string FileOf(string folder, int number)
    {
        var place = Path.Combine(folder, ShardPlan.Folder);
        Directory.CreateDirectory(place);
        return Path.Combine(place, $"failed-{number}.csv");
    }
}
