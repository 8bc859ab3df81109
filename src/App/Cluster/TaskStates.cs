using System.Globalization;
using Coverslip.App.Progress;

namespace Coverslip.App.Cluster;

internal enum TaskState
{
    Done,
    Running,
    Waiting,
    Failed,
    NotSubmitted,
}

/// <summary>How a task stands.</summary>
/// <param name="Stage">Its stage.</param>
/// <param name="Task">The task.</param>
/// <param name="State">How.</param>
/// <param name="Reason">Why it failed or waits; what it last said while it runs; empty for nothing to say.</param>
internal sealed record TaskStanding(string Stage, ClusterTask Task, TaskState State, string Reason)
{
    /// <summary>Its id with Slurm; empty before it was submitted.</summary>
    internal string Id { get; init; } = "";

    /// <summary>Seconds that it has taken, or takes until now.</summary>
    internal double Seconds { get; init; }
}

/// <summary>How all tasks of a folder stand: from the lines that they left, the queue, accounting, and their logs.</summary>
internal static class TaskStates
{
    internal static IReadOnlyList<TaskStanding> Of(SlurmFolder folder, TimeProvider time)
    {
        var jobs = folder.ReadJobs();
        var queue = SlurmClient.Queue(jobs.Select(j => j.Job));
        var lost = new Lazy<IReadOnlyDictionary<string, SlurmJob>>(() =>
            SlurmClient.Accounting(jobs.Select(j => j.Job))
        );
        var standings = new List<TaskStanding>();
        foreach (var (stage, isArray, tasks) in folder.ReadTasks())
        foreach (var task in tasks)
        {
            var job = jobs.LastOrDefault(j => j.Stage == stage && j.Numbers.Contains(task.Number));
            var id = job?.IdOf(task.Number, isArray) ?? "";
            var lines = TaskLines.Read(folder.State(stage, task.Number), id);
            var inQueue = queue.GetValueOrDefault(id);
            var (state, reason) = job switch
            {
                null => (TaskState.NotSubmitted, ""),
                _ when lines.Code == 0 => (TaskState.Done, ""),
                _ when inQueue is { IsRunning: true } => (TaskState.Running, TaskLog.Now(folder.Log(stage, id))),
                _ when inQueue is { IsWaiting: true } => (TaskState.Waiting, inQueue.Reason),
                _ => (
                    TaskState.Failed,
                    TaskLog.Reason(folder.Log(stage, id), lines, inQueue ?? lost.Value.GetValueOrDefault(id))
                ),
            };
            standings.Add(
                new TaskStanding(stage, task, state, reason)
                {
                    Id = id,
                    Seconds = lines.Seconds(time.GetUtcNow().ToUnixTimeSeconds(), state == TaskState.Running),
                }
            );
        }
        return standings;
    }

    /// <summary>What is left of a stage, by those of its tasks that are done; null where none is, or nothing is left.</summary>
    internal static TimeLeft? Left(IReadOnlyList<TaskStanding> stage)
    {
        static double Cost(TaskStanding s) => s.Task.Cost > 0 ? s.Task.Cost : 1;
        double[] each = [.. stage.Where(s => s.State == TaskState.Done).Select(s => s.Seconds / Cost(s))];
        var open = stage.Where(s => s.State is TaskState.Running or TaskState.Waiting).ToArray();
        if (each.Length == 0 || open.Length == 0)
            return null;
        var (rate, beside) = (each.Average(), Math.Max(1, open.Count(s => s.State == TaskState.Running)));
        var left = open.Sum(s => Math.Max(0, (Cost(s) * rate) - (s.State == TaskState.Running ? s.Seconds : 0)));
        // Side by side; the last one ends alone.
        var longest = open.Max(s => Cost(s) * rate);
        var slack = TimeLeft.Of([.. each.Select(e => e / rate)], 1, 1);
        return new TimeLeft(left / beside * slack.Low, (left / beside + (beside > 1 ? longest : 0)) * slack.High);
    }
}

/// <summary>The lines that a task's script left: starts and ends.</summary>
/// <param name="Code">What it ended with; null where its last start has no end, or it never began.</param>
/// <param name="Begun">Whether it ever began as this job.</param>
internal sealed record TaskLines(int? Code, bool Begun)
{
    private readonly List<(double From, double? To)> spans = [];

    /// <summary>Reads the file of a task; lines of other submissions than the id's count for time alone.</summary>
    internal static TaskLines Read(string path, string id)
    {
        var lines = new TaskLines(null, false);
        if (!File.Exists(path))
            return lines;
        var spans = lines.spans;
        var current = "";
        foreach (var words in File.ReadLines(path).Select(line => line.Split(' ')))
            switch (words)
            {
                case ["start", var job, _, var at]:
                    current = job;
                    spans.Add((Number(at), null));
                    lines = lines with { Code = null, Begun = lines.Begun || job == id };
                    break;
                case ["end", var code, var at] when spans.Count > 0:
                    spans[^1] = (spans[^1].From, Number(at));
                    lines = lines with { Code = int.Parse(code, CultureInfo.InvariantCulture) };
                    break;
            }
        return current == id ? lines : lines with { Code = null };
    }

    internal double Seconds(double now, bool running) => spans.Sum(s => (s.To ?? (running ? now : s.From)) - s.From);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
