using System.CommandLine;
using Coverslip.App.Cluster;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip jobs</c>: how what was left to Slurm stands, and the failed tasks once more.</summary>
internal static class JobsCommand
{
    private const int MostFailed = 20;

    private static readonly Argument<string> Output = new("out")
    {
        Description = "The output folder of a call with --slurm.",
    };

    private static readonly Option<bool> RetryFailed = new("--retry-failed")
    {
        Description = "Submit the tasks that failed, and those alone, once more; they go on where they were.",
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "With --retry-failed: show the commands, and submit nothing.",
    };

    public static Command Create()
    {
        var command = new Command(
            "jobs",
            """
            Show what became of the tasks that a call with --slurm left to Slurm: done, running, waiting, failed and why, how long
            the rest takes; from squeue, from sacct where the cluster keeps accounts, and from the folder. The exit code is 1 where
            a task failed.

            Examples:
              coverslip jobs heatmaps
              coverslip jobs heatmaps --retry-failed
            """
        )
        {
            Output,
            RetryFailed,
            DryRun,
        };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(DryRun) && !parsed.GetValue(RetryFailed))
                parsed.AddError("--dry-run goes with --retry-failed; add that, or leave it out.");
        });
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var folder = new SlurmFolder(parsed.GetValue(Output)!);
        var standings = TaskStates.Of(folder, TimeProvider.System);
        foreach (var stage in standings.GroupBy(s => s.Stage))
            Tell(stage.Key, [.. stage]);
        var failed = standings.Where(s => s.State == TaskState.Failed).ToList();
        if (parsed.GetValue(RetryFailed))
            return Retry(folder, standings, parsed.GetValue(DryRun));
        foreach (var task in failed.Take(MostFailed))
            Console.WriteLine($"failed: {task.Task.Name} ({task.Id}): {task.Reason}");
        if (failed.Count > MostFailed)
            Console.WriteLine($"… and {failed.Count - MostFailed} more");
        if (failed.Count > 0)
            Console.WriteLine(
                $"coverslip jobs {BatchScript.Shell(parsed.GetValue(Output)!)} --retry-failed submits these again"
            );
        return failed.Count == 0 ? 0 : 1;
    }

    private static void Tell(string name, IReadOnlyList<TaskStanding> stage)
    {
        int Count(TaskState state) => stage.Count(s => s.State == state);
        var words = new List<string> { $"{Count(TaskState.Done)} of {stage.Count} done" };
        foreach (
            var (state, word) in (ReadOnlySpan<(TaskState, string)>)
                [
                    (TaskState.Running, "running"),
                    (TaskState.Waiting, "waiting"),
                    (TaskState.Failed, "failed"),
                    (TaskState.NotSubmitted, "not submitted"),
                ]
        )
            if (Count(state) is > 0 and var count)
                words.Add($"{count} {word}{ReasonOf(stage, state)}");
        if (TaskStates.Left(stage) is { } left)
            words.Add($"{left} left");
        Console.WriteLine($"{name}: {string.Join(", ", words)}");
        if (stage is [{ State: TaskState.Running, Reason: { Length: > 0 } now }])
            Console.WriteLine($"  {now}");
    }

    /// <summary>Why all of them wait, in Slurm's word.</summary>
    private static string ReasonOf(IReadOnlyList<TaskStanding> stage, TaskState state) =>
        state == TaskState.Waiting
        && stage.Where(s => s.State == state).Select(s => s.Reason).Distinct().ToArray() is [{ Length: > 0 } one]
            ? $" ({one})"
            : "";

    private static int Retry(SlurmFolder folder, IReadOnlyList<TaskStanding> standings, bool dryRun)
    {
        using var claim = Submission.Claim(folder);
        var failed = standings.Where(s => s.State == TaskState.Failed).ToLookup(s => s.Stage);
        if (failed.Count == 0)
        {
            Console.WriteLine("no task failed; nothing was submitted");
            return 0;
        }
        // Tables are written anew after what is tried again and what still runs.
        var stages = folder.ReadTasks();
        Submission.Submit(
            folder,
            [
                .. stages
                    .Where(s => failed[s.Stage].Any() || s.Stage == ClusterStage.Merge)
                    .Select(s =>
                        (
                            s.Stage,
                            s.IsArray,
                            (IReadOnlyList<int>)
                                [
                                    .. (
                                        s.Stage == ClusterStage.Merge
                                            ? s.Tasks.Select(t => t.Number)
                                            : failed[s.Stage].Select(f => f.Task.Number)
                                    ),
                                ]
                        )
                    ),
            ],
            [
                .. standings
                    .Where(s => s.State is TaskState.Running or TaskState.Waiting && s.Stage != ClusterStage.Merge)
                    .Select(s => s.Id.Split('_')[0])
                    .Distinct(),
            ],
            dryRun
        );
        return 0;
    }
}
