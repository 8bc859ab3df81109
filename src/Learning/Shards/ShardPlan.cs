using System.Globalization;
using Coverslip.Files;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.Shards;

/// <summary>A slide of a plan.</summary>
/// <param name="Slide">Its file, as the call names it.</param>
/// <param name="Cost">What it costs beside the others, such as mm² of tissue.</param>
/// <param name="Shard">In which share it is, from 1.</param>
public sealed record PlannedSlide(string Slide, double Cost, int Shard);

/// <summary>
/// Which slides are whose, in <c>shards/plan.csv</c> of the output folder: made once by whoever comes first, read by all others, so
/// that calls on several machines leave none out and do none twice.
/// </summary>
/// <param name="Count">How many shares.</param>
/// <param name="Slides">In the order of the call.</param>
public sealed record ShardPlan(int Count, IReadOnlyList<PlannedSlide> Slides)
{
    /// <summary>Folder of the plan and of what failed, within the output folder.</summary>
    public const string Folder = "shards";

    private static readonly string[] Columns = ["slide", "cost", "shard", "of"];

    /// <summary>
    /// Lays slides into shares of about equal cost: the costliest first, each to the share that has least. The same for the same
    /// slides, whatever their order.
    /// </summary>
    /// <param name="slides">With what they cost.</param>
    /// <param name="count">How many shares; some are empty where there are fewer slides.</param>
    public static ShardPlan Balance(IReadOnlyList<(string Slide, double Cost)> slides, int count)
    {
        var loads = new PriorityQueue<int, (double Load, int Number)>(
            Enumerable.Range(1, count).Select(number => (number, (0.0, number)))
        );
        var shards = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (
            var (slide, cost) in slides.OrderByDescending(s => s.Cost).ThenBy(s => s.Slide, StringComparer.Ordinal)
        )
        {
            loads.TryDequeue(out var number, out var before);
            shards[slide] = number;
            loads.Enqueue(number, (before.Load + cost, number));
        }
        return new ShardPlan(count, [.. slides.Select(s => new PlannedSlide(s.Slide, s.Cost, shards[s.Slide]))]);
    }

    /// <summary>The plan that a folder has, or the first one for it.</summary>
    /// <param name="folder">The output folder.</param>
    /// <param name="slides">All slides of the call.</param>
    /// <param name="count">How many shares.</param>
    /// <param name="costs">Of each slide; asked only where there is no plan.</param>
    /// <param name="stop">Ends the waiting for another process that is making it.</param>
    /// <exception cref="InvalidDataException">The folder was divided otherwise.</exception>
    public static ShardPlan Of(
        string folder,
        IReadOnlyList<string> slides,
        int count,
        Func<IReadOnlyList<double>> costs,
        CancellationToken stop
    )
    {
        using var claim = FileClaim.Await(Path.Combine(folder, "claims", ".shards"), stop);
        if (Read(folder) is { } before)
            return before.Checked(folder, slides, count);
        var plan = Balance([.. slides.Zip(costs())], count);
        CsvTable.Write(
            FileOf(folder),
            Columns,
            plan.Slides.Select(s =>
                (string[])[s.Slide, s.Cost.ToString("0.###", CultureInfo.InvariantCulture), $"{s.Shard}", $"{count}"]
            )
        );
        return plan;
    }

    /// <summary>The plan of a folder; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static ShardPlan? Read(string folder)
    {
        var path = FileOf(folder);
        if (!File.Exists(path))
            return null;
        var table = CsvTable.Read(path);
        int[] at = [.. Columns.Select(table.Require)];
        double Number(TableRow row, int column) => table.Number(row, at[column]) ?? throw table.Empty(row, at[column]);
        PlannedSlide[] slides =
        [
            .. table.Rows.Select(r => new PlannedSlide(r.Fields[at[0]], Number(r, 1), (int)Number(r, 2))),
        ];
        return slides.Length > 0
            ? new ShardPlan((int)Number(table.Rows[0], 3), slides)
            : throw new InvalidDataException($"{path} has no rows; remove it, so that it is made again");
    }

    /// <summary>The slides of a share, in the order of the call.</summary>
    public IReadOnlyList<string> Of(Shard shard) =>
        [.. Slides.Where(s => s.Shard == shard.Number).Select(s => s.Slide)];

    private static string FileOf(string folder) => Path.Combine(folder, Folder, "plan.csv");

    private ShardPlan Checked(string folder, IReadOnlyList<string> slides, int count)
    {
        var differs =
            Count != count ? $"into {Count} shares, and {count} are asked for"
            : slides.Except(Slides.Select(s => s.Slide)).FirstOrDefault() is { } added
                ? $"without {added}, which is given now"
            : Slides.Select(s => s.Slide).Except(slides).FirstOrDefault() is { } gone
                ? $"with {gone}, which is not given now"
            : null;
        return differs is null
            ? this
            : throw new InvalidDataException(
                $"{FileOf(folder)}: the slides were divided {differs}; give the same slides and as many shares, or remove the "
                    + "file to divide them anew: finished slides stay finished"
            );
    }
}
