using System.CommandLine;
using System.Globalization;
using Coverslip.App.Cluster;
using Coverslip.App.Progress;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Shards;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Formats;

namespace Coverslip.App.Commands;

/// <summary>What a verb does with each slide, as far as shares of slides have to know it.</summary>
/// <param name="Opening">How slides are opened.</param>
/// <param name="Cost">What one costs beside the others.</param>
/// <param name="Try">Measures what one needs, until a time is over.</param>
internal sealed record ShardedWork(
    SlideOptions Opening,
    Func<Slide, double> Cost,
    Func<string, TimeSpan, CancellationToken, SlideTrial> Try
);

/// <summary>Slides as Slurm does them: a task to each share, and a job that writes the tables.</summary>
internal static class ShardSlurm
{
    /// <summary>Shares where nobody says how many.</summary>
    private const int Shares = 8;

    /// <summary>How long a slide is tried before it is said what the tasks need.</summary>
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(10);

    /// <summary>Submits them.</summary>
    internal static int Submit(
        ParseResult parsed,
        ClusterRequest request,
        string folder,
        IReadOnlyList<string> slides,
        ShardedWork work
    )
    {
        DistinctNames.Check(slides);
        var count = Math.Min(request.Shards ?? ShardPlan.Read(folder)?.Count ?? Shares, slides.Count);
        var plan = ShardOption.PlanOf(count, folder, slides, work.Opening, work.Cost);
        var need = ClusterNeed.IsAsked(parsed, request) ? NeedOf(plan, work) : null;
        return Submission.Run(
            folder,
            new ClusterCall(TaskCall.Words(parsed), request, DeviceOption.Word(parsed)),
            [
                new ClusterStage(
                    "shares",
                    [
                        .. plan
                            .Slides.GroupBy(s => s.Shard)
                            .OrderBy(g => g.Key)
                            .Select(g => new ClusterTask(
                                g.Key,
                                $"share {g.Key}/{count}: {g.Count()} slides, {g.First().Slide} …",
                                g.Sum(s => s.Cost)
                            )),
                    ],
                    [ShardOption.Part.Name, $"{ClusterStage.Number}/{count}"]
                ).With(need),
                ClusterStage.Of(ClusterStage.Merge, "tables of all slides", ShardOption.Merge.Name),
            ]
        );
    }

    /// <summary>
    /// What the costliest share needs, by the beginning of its costliest slide that can be read; null where none can, or where it
    /// cannot be tried here.
    /// </summary>
    private static TaskNeed? NeedOf(ShardPlan plan, ShardedWork work)
    {
        using var stop = new StopSignal();
        var most = plan.Slides.GroupBy(s => s.Shard).Max(g => g.Sum(s => s.Cost));
        foreach (var slide in plan.Slides.Where(s => s.Cost > 0).OrderByDescending(s => s.Cost))
        {
            try
            {
                var trial = work.Try(slide.Slide, Enough, stop.Token);
                var longest = TimeSpan.FromSeconds(trial.Seconds * most / slide.Cost);
                Console.Error.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"tried {slide.Slide}: about {ProgressLine.Clock(TimeSpan.FromSeconds(trial.Seconds))} here, {trial.Memory / 1048576.0:0} MiB; the costliest share about {ProgressLine.Clock(longest)}"
                    )
                );
                return new TaskNeed(trial.Memory, longest);
            }
            catch (Exception error) when (FailedFile.Is(error))
            {
                Console.Error.WriteLine($"{slide.Slide} could not be tried: {error.Message}");
            }
        }
        return null;
    }
}
