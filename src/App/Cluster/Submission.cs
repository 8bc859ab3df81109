using System.Globalization;
using Coverslip.Files;
using Coverslip.Learning.Runs;

namespace Coverslip.App.Cluster;

/// <summary>Writes the scripts of stages, and submits them, each stage after the one before.</summary>
internal static class Submission
{
    /// <summary>Writes scripts and tasks; submits them unless asked not to. What an earlier submission left is begun anew.</summary>
    /// <param name="output">The output folder.</param>
    /// <param name="call">What the user called.</param>
    /// <param name="stages">In the order in which they run.</param>
    /// <returns>The exit code: 0.</returns>
    /// <exception cref="IOException">An earlier submission is in the queue, or Slurm refuses.</exception>
    internal static int Run(string output, ClusterCall call, IReadOnlyList<ClusterStage> stages)
    {
        var folder = new SlurmFolder(output);
        using var claim = Claim(folder);
        if (folder.ReadJobs() is { Count: > 0 } before)
            RefuseQueued(folder, before);
        folder.Clear();
        folder.WriteTasks(stages);
        foreach (var stage in stages)
            WholeFile.Write(folder.Script(stage.Name), BatchScript.Text(folder, stage, call));
        Submit(
            folder,
            [.. stages.Select(s => (s.Name, s.IsArray, (IReadOnlyList<int>)[.. s.Tasks.Select(t => t.Number)]))],
            [],
            call.Request.DryRun
        );
        Console.WriteLine(
            call.Request.DryRun
                ? $"nothing was submitted; the scripts are in {Path.GetDirectoryName(folder.Script("x"))}"
                : $"coverslip jobs {BatchScript.Shell(output)} says how it goes"
        );
        return 0;
    }

    /// <summary>Submits tasks of stages whose scripts are written.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="stages">With the numbers of their tasks.</param>
    /// <param name="after">Jobs in the queue that the last stage waits for, too.</param>
    /// <param name="dryRun">Whether to show the commands only.</param>
    internal static void Submit(
        SlurmFolder folder,
        IReadOnlyList<(string Name, bool IsArray, IReadOnlyList<int> Numbers)> stages,
        IReadOnlyList<string> after,
        bool dryRun
    )
    {
        var most = SlurmClient.MostTasks();
        var (waits, prepared) = ((IReadOnlyList<string>)[], false);
        foreach (var (name, isArray, numbers) in stages)
        {
            // An array is no longer than Slurm's largest: what is beyond is an array of its own, its numbers shifted.
            var jobs = new List<string>();
            foreach (var part in numbers.GroupBy(number => isArray ? (number - 1) / most * most : 0))
            {
                IReadOnlyList<string> before = name == ClusterStage.Merge ? [.. waits, .. after] : waits;
                string[] words =
                [
                    .. isArray ? (string[])[$"--array={NumberList.Text(part.Select(n => n - part.Key))}"] : [],
                    .. before.Count > 0
                        ? (string[])
                            [
                                $"--dependency={(prepared ? "afterok" : "afterany")}:{string.Join(':', before)}",
                                "--kill-on-invalid-dep=yes",
                            ]
                        : [],
                    folder.Script(name),
                    .. part.Key > 0 ? (string[])[part.Key.ToString(CultureInfo.InvariantCulture)] : [],
                ];
                if (dryRun)
                {
                    jobs.Add($"JOB-OF-{name.ToUpperInvariant()}");
                    Console.WriteLine($"sbatch {string.Join(' ', words.Select(BatchScript.Shell))}");
                    continue;
                }
                var job = SlurmClient.Submit(words);
                folder.Add(new SubmittedJob(job, name, part.Key, [.. part]));
                jobs.Add(job);
                var what = isArray ? $"{part.Count()} tasks" : "one job";
                Console.WriteLine(
                    $"submitted {job}: {name}, {what}{(before.Count > 0 ? $", after {string.Join(", ", before)}" : "")}"
                );
            }
            (waits, prepared) = (jobs, name == ClusterStage.Prepare);
        }
    }

    /// <summary>Only one call submits for a folder at a time.</summary>
    internal static IDisposable Claim(SlurmFolder folder) =>
        FileClaim.Try(Path.Combine(folder.Output, "claims", ".slurm"))
        ?? throw new IOException($"{folder.Output}: another call is submitting to it; wait for its end");

    private static void RefuseQueued(SlurmFolder folder, IReadOnlyList<SubmittedJob> before)
    {
        var queue = SlurmClient.Queue(before.Select(j => j.Job));
        if (queue.FirstOrDefault(j => j.Value.IsRunning || j.Value.IsWaiting) is { Key: { } job } left)
            throw new IOException(
                $"{folder.Output}: job {job} of an earlier submission is {left.Value.State.ToLowerInvariant()}; wait for its end "
                    + $"('coverslip jobs {BatchScript.Shell(folder.Output)}'), or take it back first: scancel {string.Join(' ', before.Select(j => j.Job))}"
            );
    }
}
