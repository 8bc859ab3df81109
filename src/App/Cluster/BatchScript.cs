using System.Globalization;
using System.Text;
using Coverslip.Files;

namespace Coverslip.App.Cluster;

/// <summary>What all scripts of a submission have in common.</summary>
/// <param name="Words">The user's call, the verb first.</param>
/// <param name="Request">What is asked of the cluster.</param>
/// <param name="Device">Where tasks compute.</param>
internal sealed record ClusterCall(IReadOnlyList<string> Words, ClusterRequest Request, string Device);

/// <summary>The batch script of a stage, for people who know Slurm: what sbatch is asked for, one call, a line before and after it.</summary>
internal static class BatchScript
{
    /// <summary>Threads of a task where nobody says how many.</summary>
    private const string Processors = "4";

    /// <summary>Set by the launcher where nobody asked for a number of threads and it took all of this machine.</summary>
    internal const string AllThreads = "COVERSLIP_ALL_THREADS";

    internal static string Text(SlurmFolder folder, ClusterStage stage, ClusterCall call)
    {
        var (verb, request) = (call.Words[0], call.Request);
        var asked = new StringBuilder();
        void Ask(string option, string why = "") =>
            asked.Append("#SBATCH ").Append(option).Append(why.Length > 0 ? $"    # {why}" : "").Append('\n');

        Ask($"--job-name=coverslip-{verb}-{stage.Name}");
        Ask($"--chdir={Quoted(Environment.CurrentDirectory)}");
        Ask($"--output={Quoted(folder.LogPattern(stage))}");
        Ask("--open-mode=append", "a task that is begun again adds to its log");
        Ask("--requeue", "preempted, or its node gone: begun again, and it goes on where it was");
        Ask("--signal=B:USR1@60", "a minute before the time is over: stops and is queued again, see below");
        if (!request.Says("cpus-per-task", "c"))
            Ask($"--cpus-per-task={AskedThreads() ?? Processors}");
        if (!request.Says("mem", "mem-per-cpu", "mem-per-gpu"))
            Told(stage.Memory is { } memory ? $"--mem={Math.Ceiling(memory / 1048576.0):0}M" : null, "memory");
        if (!request.Says("time", "t"))
            Told(stage.Time is { } time ? $"--time={Minutes(time)}" : null, "time");
        if (request.Given.Length > 0)
            Ask(request.Given);
        return $$"""
            #!/bin/bash
            # {{Title(stage, verb)}}, written by Coverslip {{ProgramVersion.Current}}.
            # Submitted as: {{Submitted(folder, stage)}}
            # What runs, and why something failed: coverslip jobs {{Shell(folder.Output)}}
            {{asked.ToString().TrimEnd('\n')}}

            {{(
                stage.IsArray
                    ? "task=$(( ${1:-0} + SLURM_ARRAY_TASK_ID ))   # the argument is added: an array of Slurm's has an end"
                    : "task=1"
            )}}
            job=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}
            job=${job:-$SLURM_JOB_ID}
            note() { echo "$* $(date +%s)" >> {{Shell(folder.States)}}/{{stage.Name}}-"$task"; }

            export OMP_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1} OPENBLAS_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1}
            {{Environments(request)}}call=(
            {{string.Join('\n', Call(stage, call, folder).Select(w => $"  {w}"))}}
            )

            # Asked to stop, the program keeps what it has; what the time limit stopped goes on in the queue's next turn.
            over=
            trap : TERM
            trap 'over=yes; kill -TERM "$child"' USR1
            note start "$job" "${SLURMD_NODENAME:-$(hostname)}"
            SECONDS=0
            "${call[@]}" &
            child=$!
            while kill -0 "$child" 2> /dev/null; do wait "$child"; done   # a signal ends a wait, and not the program
            wait "$child"; code=$?
            note end "$code"
            if [[ -n $over && $code != 0 && $SECONDS -gt 120 ]]; then scontrol requeue "$job"; fi
            exit "$code"

            """;

        void Told(string? option, string what)
        {
            if (option is not null)
                Ask(option, "estimated before the start, with room");
            else
                asked.Append($"# {what}: as your cluster gives by default; --slurm-options says otherwise\n");
        }
    }

    /// <summary>How sbatch is called for a stage, without what comes after.</summary>
    private static string Submitted(SlurmFolder folder, ClusterStage stage) =>
        $"sbatch {(stage.IsArray ? $"--array={NumberList.Text(stage.Tasks.Select(t => t.Number))} " : "")}{Shell(folder.Script(stage.Name))}";

    private static string Title(ClusterStage stage, string verb) =>
        stage.IsArray
            ? $"{verb}: {stage.Tasks.Count} tasks, which tasks.csv lists ({stage.Name})"
            : $"{verb}: {stage.Tasks[0].Name}";

    private static IEnumerable<string> Call(ClusterStage stage, ClusterCall call, SlurmFolder folder)
    {
        IEnumerable<string> before = [Shell(Program())];
        if (call.Request.Image is { } image)
            before =
            [
                "apptainer run",
                .. call.Device.StartsWith("cuda", StringComparison.Ordinal) ? (string[])["--nv"] : [],
                .. TaskCall.Folders(call.Words, folder.Output).Select(f => $"--bind {Shell(f)}"),
                $"--pwd {Shell(Environment.CurrentDirectory)}",
                Shell(image),
            ];
        return
        [
            .. before,
            .. call.Words.Select(Shell),
            .. stage.Words.Select(w =>
                w.Contains(ClusterStage.Number, StringComparison.Ordinal) ? $"\"{w}\"" : Shell(w)
            ),
        ];
    }

    /// <summary>The launcher where there is one, which sets up what the program needs; else the program.</summary>
    private static string Program() =>
        Environment.GetEnvironmentVariable("COVERSLIP_LAUNCHER") is { } launcher && File.Exists(launcher)
            ? launcher
            : Environment.ProcessPath!;

    /// <summary>The user's variables for this program; a container has its own.</summary>
    private static string Environments(ClusterRequest request) =>
        request.Image is not null
            ? ""
            : string.Concat(
                from variable in Environment.GetEnvironmentVariables().Keys.Cast<string>().Order(StringComparer.Ordinal)
                where variable.StartsWith("COVERSLIP_", StringComparison.Ordinal)
                where variable is not ("COVERSLIP_LAUNCHER" or AllThreads)
                select $"export {variable}={Shell(Environment.GetEnvironmentVariable(variable)!)}\n"
            );

    /// <summary>The threads that the user asks for; null where the launcher took all of this machine, which is
    /// none of the nodes.</summary>
    private static string? AskedThreads() =>
        Environment.GetEnvironmentVariable(AllThreads) is null
            ? Environment.GetEnvironmentVariable("OMP_NUM_THREADS")
            : null;

    private static string Minutes(TimeSpan time) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(int)time.TotalHours / 24}-{(int)time.TotalHours % 24:00}:{time.Minutes:00}:00"
        );

    /// <summary>As sbatch reads a value of a line #SBATCH.</summary>
    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>As one word of a shell's.</summary>
    internal static string Shell(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "/._-=:,+@%".Contains(c))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
