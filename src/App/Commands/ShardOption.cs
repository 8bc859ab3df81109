using System.CommandLine;
using Coverslip.App.Cluster;
using Coverslip.App.Progress;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Shards;
using Coverslip.Slides.Formats;

namespace Coverslip.App.Commands;

/// <summary>
/// <c>--shard K/N</c> and <c>--merge</c>, shared by the verbs that walk over slides: N calls do a share each, on any machines that
/// see the folder, and one more writes the tables.
/// </summary>
internal static class ShardOption
{
    internal static readonly Option<string?> Part = new("--shard")
    {
        Description =
            "K/N: only the slides of share K of N, which cost about the same (shards/plan.csv, made by the first call); tables are "
            + "left to --merge. [default: all slides]",
    };

    internal static readonly Option<bool> Merge = new("--merge")
    {
        Description = "Compute nothing: write the tables of what the calls with --shard have finished.",
    };

    static ShardOption()
    {
        Part.Validators.Add(result =>
        {
            if (result.Tokens is [var word] && Shard.Parse(word.Value) is null)
                result.AddError(
                    $"--shard is '{word.Value}'; it is K/N with K from 1 to N and N up to {Shard.Most}, such as 3/8"
                );
        });
    }

    internal static IReadOnlyList<Option> Options => [Part, Merge];

    /// <summary>Adds both to a verb.</summary>
    internal static void AddTo(Command command)
    {
        foreach (var option in Options)
            command.Options.Add(option);
        ClusterOptions.AddTo(command, shards: true);
        command.Validators.Add(parsed =>
        {
            Option[] given = [.. ((Option[])[Part, Merge, ClusterOptions.Slurm]).Where(o => parsed.Has(o))];
            if (given.Length > 1)
                parsed.AddError(
                    $"{given[0].Name} and {given[1].Name}: --shard does a share of the slides, --merge writes the tables of all, --slurm leaves both to "
                        + "tasks; give one of them."
                );
        });
    }

    /// <summary>The share that this call does; null where it does all.</summary>
    internal static Shard? Of(ParseResult parsed) => parsed.GetValue(Part) is { } text ? Shard.Parse(text) : null;

    /// <summary>The slides of the share, by the folder's plan or the first one for it.</summary>
    /// <param name="shard">The share.</param>
    /// <param name="folder">The output folder.</param>
    /// <param name="slides">All slides of the call.</param>
    /// <param name="opening">How they are opened.</param>
    /// <param name="cost">What one costs; one that cannot be opened costs nothing, and fails where its turn comes.</param>
    internal static IReadOnlyList<string> SlidesOf(
        Shard shard,
        string folder,
        IReadOnlyList<string> slides,
        SlideOptions opening,
        Func<Slide, double> cost
    )
    {
        var plan = PlanOf(shard.Count, folder, slides, opening, cost);
        var own = plan.Of(shard);
        Console.Error.WriteLine($"share {shard}: {own.Count} of {slides.Count} slides");
        return own;
    }

    /// <summary>The folder's plan, or the first one for it.</summary>
    internal static ShardPlan PlanOf(
        int count,
        string folder,
        IReadOnlyList<string> slides,
        SlideOptions opening,
        Func<Slide, double> cost
    )
    {
        using var stop = new StopSignal();
        return ShardPlan.Of(folder, slides, count, Costs, stop.Token);

        IReadOnlyList<double> Costs() =>
            [
                .. PerSlide
                    .Run("measuring slides", [.. slides], path => new Measured(CostOf(path)))
                    .Select(r => r.Result?.Cost ?? 0),
            ];

        double CostOf(string path)
        {
            try
            {
                using var slide = SlideFile.Open(path, opening with { Noted = null });
                return cost(slide);
            }
            catch (Exception error) when (FailedFile.Is(error))
            {
                return 0;
            }
        }
    }

    /// <summary>Keeps what failed for --merge, and tells it; the exit code.</summary>
    internal static int Ended(string folder, Shard shard, (int Slides, IReadOnlyList<FailedFile> Failed) share)
    {
        ShardFailures.Write(folder, shard, share.Failed);
        if (share.Failed.Count > 0)
            Console.Error.WriteLine($"{share.Failed.Count} of {share.Slides} slides of share {shard} failed");
        Console.WriteLine($"share {shard} ended; --merge writes the tables when all have");
        return share.Failed.Count == 0 ? 0 : 1;
    }

    private sealed record Measured(double Cost);
}
