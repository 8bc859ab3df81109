using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Coverslip.App.Cluster;

/// <summary>A job, or a task of an array, as Slurm has it.</summary>
/// <param name="State">PENDING, RUNNING, TIMEOUT …</param>
/// <param name="Reason">Why it waits, or nothing.</param>
internal sealed record SlurmJob(string State, string Reason)
{
    internal bool IsRunning =>
        State is "RUNNING" or "COMPLETING" or "CONFIGURING" or "STAGE_OUT" or "SIGNALING" or "STOPPED";

    internal bool IsWaiting =>
        State
            is "PENDING"
                or "REQUEUED"
                or "REQUEUE_HOLD"
                or "REQUEUE_FED"
                or "RESIZING"
                or "SUSPENDED"
                or "SPECIAL_EXIT"
                or "RESV_DEL_HOLD";
}

/// <summary>Slurm's own commands: everything it knows it is asked for.</summary>
internal static partial class SlurmClient
{
    private const string LoginNode = "call where Slurm's commands are (a login node)";

    /// <summary>More than so many tasks are no array (MaxArraySize less one); Slurm's own default where nobody can be asked.</summary>
    internal static int MostTasks()
    {
        try
        {
            return MaxArraySize().Match(Call("scontrol", ["show", "config"])) is { Success: true } size
                ? int.Parse(size.Groups[1].Value, CultureInfo.InvariantCulture) - 1
                : 1000;
        }
        catch (IOException)
        {
            return 1000;
        }
    }

    /// <summary>Submits a script; the job's id.</summary>
    /// <exception cref="IOException">Slurm refuses it, with its own words.</exception>
    internal static string Submit(IReadOnlyList<string> words) =>
        Call("sbatch", ["--parsable", .. words]).Trim().Split(';')[0];

    /// <summary>Jobs by their ids, "12" or "12_3", as long as the queue knows them, a few minutes after their end, too.</summary>
    internal static IReadOnlyDictionary<string, SlurmJob> Queue(IEnumerable<string> jobs)
    {
        var known = new Dictionary<string, SlurmJob>(StringComparer.Ordinal);
        foreach (var job in jobs)
        {
            var (code, output, errors) = Run("squeue", ["-h", "-r", "-t", "all", "-j", job, "-o", "%i|%T|%r"]);
            if (code != 0 && !errors.Contains("Invalid job id", StringComparison.Ordinal))
                throw new IOException($"squeue failed: {errors.Trim()}; {LoginNode}");
            Add(known, code == 0 ? output : "");
        }
        return known;
    }

    /// <summary>The same from the cluster's accounting; nothing where it keeps none.</summary>
    internal static IReadOnlyDictionary<string, SlurmJob> Accounting(IEnumerable<string> jobs)
    {
        var known = new Dictionary<string, SlurmJob>(StringComparer.Ordinal);
        var (code, output, _) = Run("sacct", ["-n", "-X", "-P", "-j", string.Join(',', jobs), "-o", "JobID,State"]);
        if (code == 0) // "CANCELLED by 1000"
            Add(known, string.Join('\n', output.Split('\n').Select(line => $"{line.Split(" by ")[0]}|")));
        return known;
    }

    /// <summary>
    /// How a node is reached: by its name, or where the network does not know that, as in clouds, by the address that Slurm has.
    /// </summary>
    internal static string AddressOf(string node)
    {
        try
        {
            if (Dns.GetHostAddresses(node).Length > 0)
                return node;
        }
        catch (SocketException)
        {
            // Slurm may know it
        }
        try
        {
            return NodeAddress().Match(Call("scontrol", ["show", "node", node])) is { Success: true } address
                ? address.Groups[1].Value
                : node;
        }
        catch (IOException)
        {
            return node;
        }
    }

    private static void Add(Dictionary<string, SlurmJob> known, string lines)
    {
        foreach (var line in lines.Split('\n'))
            if (line.Split('|') is [var id, { Length: > 0 } state, var reason])
                known[id.Trim()] = new SlurmJob(state, reason is "None" ? "" : reason);
    }

    private static string Call(string program, IReadOnlyList<string> words)
    {
        var (code, output, errors) = Run(program, words);
        return code == 0
            ? output
            : throw new IOException(
                $"{program} refuses: {string.Join(' ', errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))}; "
                    + $"--slurm-options says what is asked of it; if no cluster answers, {LoginNode}, or add --dry-run"
            );
    }

    private static (int Code, string Output, string Errors) Run(string program, IReadOnlyList<string> words)
    {
        var start = new ProcessStartInfo(program, words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The launcher's settings are for this machine and this program; jobs take over what sbatch has.
        string[] settings =
        [
            "LD_PRELOAD",
            "MALLOC_CONF",
            "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            BatchScript.AllThreads,
        ];
        foreach (var own in settings)
            start.Environment.Remove(own);
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, errors.Result);
        }
        catch (Win32Exception)
        {
            throw new IOException(
                $"{program} is not on the PATH; {LoginNode}"
                    + (program == "sbatch" ? ", or add --dry-run to write the scripts and submit them elsewhere" : "")
            );
        }
    }

    [GeneratedRegex(@"NodeAddr=(\S+)")]
    private static partial Regex NodeAddress();

    [GeneratedRegex(@"MaxArraySize\s*=\s*(\d+)")]
    private static partial Regex MaxArraySize();
}
