namespace Coverslip.App.Cluster;

/// <summary>A task of a stage.</summary>
/// <param name="Number">From 1 within its stage.</param>
/// <param name="Name">What it does, for people.</param>
/// <param name="Cost">What it costs beside the others of its stage; 0 where nobody knows.</param>
internal sealed record ClusterTask(int Number, string Name, double Cost);

/// <summary>
/// Tasks that run side by side, after the stage before: an array, or one job. Those after a stage that prepares need its success;
/// all others begin whatever became of it.
/// </summary>
/// <param name="Name">Names scripts, logs and states.</param>
/// <param name="Tasks">At least one.</param>
/// <param name="Words">What a task calls besides the user's words; <see cref="Number"/> stands for its number.</param>
internal sealed record ClusterStage(string Name, IReadOnlyList<ClusterTask> Tasks, IReadOnlyList<string> Words)
{
    /// <summary>Stands for a task's number, in a script's words.</summary>
    internal const string Number = "$task";

    internal const string Prepare = "prepare";
    internal const string Merge = "merge";

    /// <summary>A stage of one job.</summary>
    internal static ClusterStage Of(string name, string does, params IReadOnlyList<string> words) =>
        new(name, [new ClusterTask(1, does, 0)], words);

    /// <summary>Whether it is an array.</summary>
    internal bool IsArray => Words.Any(w => w.Contains(Number, StringComparison.Ordinal));

    /// <summary>Memory in bytes, with room; null where nobody estimated it.</summary>
    internal long? Memory { get; init; }

    /// <summary>Time, with room; null where nobody estimated it.</summary>
    internal TimeSpan? Time { get; init; }
}
