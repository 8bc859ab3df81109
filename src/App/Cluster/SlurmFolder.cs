using System.Globalization;
using Coverslip.Files;

namespace Coverslip.App.Cluster;

/// <summary>A submission to Slurm.</summary>
/// <param name="Job">The job's id; of an array that of all its tasks.</param>
/// <param name="Stage">What it is of.</param>
/// <param name="Offset">The task's number is that of the array's element and this.</param>
/// <param name="Numbers">Numbers of the tasks.</param>
internal sealed record SubmittedJob(string Job, string Stage, int Offset, IReadOnlyList<int> Numbers)
{
    /// <summary>A task as squeue and sacct call it.</summary>
    internal string IdOf(int number, bool array) =>
        array ? string.Create(CultureInfo.InvariantCulture, $"{Job}_{number - Offset}") : Job;
}

/// <summary>
/// <c>slurm/</c> of an output folder: a script to each stage, <c>tasks.csv</c>, <c>jobs.csv</c> with what was submitted, <c>logs/</c>,
/// and <c>state/STAGE-NUMBER</c>, to which each task adds a line when it starts and when it ends.
/// </summary>
internal sealed class SlurmFolder(string output)
{
    private static readonly string[] TaskColumns = ["stage", "task", "array", "cost", "what"];
    private static readonly string[] JobColumns = ["job", "stage", "offset", "tasks"];

    internal string Output { get; } = Path.GetFullPath(output);

    internal bool Exists => File.Exists(At("tasks.csv"));

    internal string Script(string stage) => At($"{stage}.sh");

    internal string Logs => At("logs");

    internal string States => At("state");

    /// <summary>Where a job's output goes, as sbatch names it.</summary>
    internal string LogPattern(ClusterStage stage) =>
        Path.Combine(
            Logs.Replace("%", "%%", StringComparison.Ordinal),
            stage.Name + (stage.IsArray ? "-%A_%a.log" : "-%j.log")
        );

    /// <summary>The log of a task by its id.</summary>
    internal string Log(string stage, string id) => Path.Combine(Logs, $"{stage}-{id}.log");

    /// <summary>Where a task's starts and ends stand.</summary>
    internal string State(string stage, int number) => Path.Combine(States, $"{stage}-{number}");

    internal void WriteTasks(IEnumerable<ClusterStage> stages) =>
        CsvTable.Write(
            At("tasks.csv"),
            TaskColumns,
            from stage in stages
            from task in stage.Tasks
            select (string[])
                [
                    stage.Name,
                    $"{task.Number}",
                    stage.IsArray ? "yes" : "no",
                    task.Cost.ToString("0.###", CultureInfo.InvariantCulture),
                    task.Name,
                ]
        );

    /// <summary>Stages with their tasks, in the order in which they run.</summary>
    internal IReadOnlyList<(string Stage, bool IsArray, IReadOnlyList<ClusterTask> Tasks)> ReadTasks()
    {
        if (!Exists)
            throw new FileNotFoundException(
                $"{At("tasks.csv")}: no such file: nothing was submitted with --slurm to this folder"
            );
        var table = CsvTable.Read(At("tasks.csv"));
        int[] at = [.. TaskColumns.Select(table.Require)];
        return
        [
            .. table
                .Rows.GroupBy(r => (r.Fields[at[0]], r.Fields[at[2]] == "yes"))
                .Select(g =>
                    (
                        g.Key.Item1,
                        g.Key.Item2,
                        (IReadOnlyList<ClusterTask>)
                            [
                                .. g.Select(r => new ClusterTask(
                                    Number(table, r, at[1]),
                                    r.Fields[at[4]],
                                    table.Number(r, at[3]) ?? 0
                                )),
                            ]
                    )
                ),
        ];
    }

    /// <summary>What was submitted, in this order; none before the first.</summary>
    internal IReadOnlyList<SubmittedJob> ReadJobs()
    {
        if (!File.Exists(At("jobs.csv")))
            return [];
        var table = CsvTable.Read(At("jobs.csv"));
        int[] at = [.. JobColumns.Select(table.Require)];
        return
        [
            .. table.Rows.Select(r => new SubmittedJob(
                r.Fields[at[0]],
                r.Fields[at[1]],
                Number(table, r, at[2]),
                NumberList.Parse(r.Fields[at[3]])
            )),
        ];
    }

    /// <summary>Keeps a submission, at once: what is in the queue has to be known, whatever comes after.</summary>
    internal void Add(SubmittedJob job) =>
        CsvTable.Write(
            At("jobs.csv"),
            JobColumns,
            ReadJobs().Append(job).Select(j => (string[])[j.Job, j.Stage, $"{j.Offset}", NumberList.Text(j.Numbers)])
        );

    /// <summary>Begins anew: what earlier submissions left is no longer what is asked of.</summary>
    internal void Clear()
    {
        Directory.CreateDirectory(At());
        File.Delete(At("jobs.csv"));
        foreach (var folder in (string[])[Logs, States])
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            Directory.CreateDirectory(folder);
        }
    }

    private static int Number(CsvTable table, TableRow row, int column) =>
        (int)(table.Number(row, column) ?? throw table.Empty(row, column));

    private string At(params ReadOnlySpan<string> names) => Path.Combine([Output, "slurm", .. names]);
}
