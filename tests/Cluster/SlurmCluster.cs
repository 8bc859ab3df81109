using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Coverslip.Cluster.Tests;

/// <summary>
/// A Slurm of two nodes on this machine, of Debian's slurmctld, slurmd and munge: each node a daemon of its own with one processor.
/// Arrays of two tasks are its largest. Without accounts, as many small clusters are.
/// </summary>
public sealed class SlurmCluster : IDisposable
{
    private static readonly string[] Daemons = ["munged", "slurmctld", "slurmd"];
    private readonly string folder = Directory.CreateTempSubdirectory("slurm-").FullName;
    private readonly Dictionary<string, Process> running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> before = new(StringComparer.Ordinal);

    public SlurmCluster()
    {
        if (Missing is not null)
            return;
        Write("munge.key", RandomNumberGenerator.GetBytes(128));
        File.WriteAllText(Path.Combine(folder, "slurm.conf"), Configuration());
        Directory.CreateDirectory(Path.Combine(folder, "state"));
        Set("SLURM_CONF", Path.Combine(folder, "slurm.conf"));
        // What scripts call: in this process the program is the tests' host.
        Set("COVERSLIP_LAUNCHER", Path.Combine(AppContext.BaseDirectory, "coverslip"));
        Start(
            "munged",
            $"--foreground --force --key-file={folder}/munge.key --socket={folder}/munge.sock --pid-file={folder}/munged.pid --log-file={folder}/munged.log --seed-file={folder}/munged.seed"
        );
        Until(() => File.Exists(Path.Combine(folder, "munge.sock")), "munged does not start");
        Start("slurmctld", "-D -i -c");
        foreach (var node in (string[])["n1", "n2"])
            StartNode(node);
        Until(() => Told("sinfo", "-h -N -t idle -o %N").Split('\n').Length == 2, "no node comes up");
    }

    /// <summary>Which of Slurm's programs is not installed; null where all are.</summary>
    public static string? Missing => Daemons.FirstOrDefault(name => !File.Exists($"/usr/sbin/{name}"));

    /// <summary>What one of Slurm's commands prints.</summary>
    public static string Told(string program, string words)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Trim();
    }

    /// <summary>Waits; fails after two minutes with the queue and the end of the controller's log.</summary>
    public void Until(Func<bool> condition, string otherwise, int pause = 100)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(2))
                Assert.Fail(
                    $"{otherwise}\n{Told("squeue", "-r -t all")}\n{string.Join('\n', File.ReadLines(Path.Combine(folder, "slurmctld.log")).TakeLast(20))}"
                );
            Thread.Sleep(pause);
        }
    }

    /// <summary>Kills a node as a loss of power does: its daemon, what it runs, and no line is written any more.</summary>
    /// <param name="node">The node.</param>
    /// <param name="task">The task that runs there, "12_3".</param>
    public void LosePower(string node, string task)
    {
        var own = ProcessesWith($"SLURMD_NODENAME={node}");
        foreach (var id in own)
            Signal("STOP", id); // nobody sees another one's end, and none ends by itself meanwhile
        var job = Told("squeue", $"-h -r -j {task} -o %A");
        running[node].Kill();
        running[node].WaitForExit();
        foreach (var id in ProcessesNamed($"slurmstepd: [{job}."))
            Signal("KILL", id);
        foreach (var id in own)
            Signal("KILL", id);
        // The controller finds out by itself after SlurmdTimeout; it is told, so that nobody waits.
        Told("scontrol", $"update nodename={node} state=down reason=killed");
    }

    /// <summary>The node comes back.</summary>
    public void Repair(string node)
    {
        StartNode(node);
        Told("scontrol", $"update nodename={node} state=resume");
    }

    /// <summary>Kills the program of a task, and nothing else of it.</summary>
    public static void KillProgram(string job) => Signal("KILL", ProgramOf(job)!.Value);

    /// <summary>The process of the program in a task, "12_3"; null before it runs.</summary>
    public static int? ProgramOf(string job)
    {
        var ids = job.Split('_');
        return ProcessesWith($"SLURM_ARRAY_JOB_ID={ids[0]}", $"SLURM_ARRAY_TASK_ID={ids[1]}")
            .Where(id => Read($"/proc/{id}/comm").Trim() == "coverslip")
            .Select(id => (int?)id)
            .FirstOrDefault();
    }

    public void Dispose()
    {
        if (running.Count > 0)
            Told("scancel", $"--user={Environment.UserName}");
        foreach (var process in running.Values.Reverse())
        {
            if (!process.HasExited)
                process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        Directory.Delete(folder, recursive: true);
        // Who asks Slurm after this one would wait for daemons that are gone.
        foreach (var (name, value) in before)
            Environment.SetEnvironmentVariable(name, value);
    }

    private void Set(string name, string value)
    {
        before[name] = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, value);
    }

    private void StartNode(string node) => Start("slurmd", $"-D -N {node}", node);

    private void Start(string program, string words, string? name = null) =>
        running[name ?? program] = Process.Start(
            new ProcessStartInfo(
                "/bin/sh",
                ["-c", $"exec /usr/sbin/{program} {words} >> {folder}/{name ?? program}.out 2>&1"]
            )
        )!;

    private void Write(string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        Told("chmod", $"600 {path}");
    }

    private string Configuration()
    {
        var (host, ports) = (Dns.GetHostName(), FreePorts(3));
        return $"""
            ClusterName=tests
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={ports[0]}
            AuthType=auth/munge
            AuthInfo=socket={folder}/munge.sock
            CredType=cred/munge
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core
            SlurmUser={Environment.UserName}
            SlurmdUser={Environment.UserName}
            StateSaveLocation={folder}/state
            SlurmdSpoolDir={folder}/spool-%n
            SlurmctldLogFile={folder}/slurmctld.log
            SlurmdLogFile={folder}/%n.log
            SlurmctldPidFile={folder}/slurmctld.pid
            SlurmdPidFile={folder}/%n.pid
            ReturnToService=2
            AccountingStorageType=accounting_storage/none
            JobAcctGatherType=jobacct_gather/none
            MpiDefault=none
            MaxArraySize=3
            SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
            SlurmdParameters=config_overrides
            NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=1 RealMemory=4000
            NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=1 RealMemory=4000
            PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP

            """;
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (var listener in listeners)
            listener.Start();
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        foreach (var listener in listeners)
            listener.Stop();
        return ports;
    }

    private static void Signal(string signal, int process) =>
        Told("kill", string.Create(CultureInfo.InvariantCulture, $"-{signal} {process}"));

    private static int[] ProcessesWith(params string[] variables) =>
        Processes("environ", text => variables.All(v => text.Split('\0').Contains(v)));

    private static int[] ProcessesNamed(string begin) =>
        Processes("cmdline", text => text.StartsWith(begin, StringComparison.Ordinal));

    private static int[] Processes(string file, Predicate<string> fits) =>
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Select(Path.GetFileName)
                .Where(name => name!.All(char.IsAsciiDigit) && fits(Read($"/proc/{name}/{file}")))
                .Select(name => int.Parse(name!, CultureInfo.InvariantCulture)),
        ];

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended meanwhile
        }
    }
}
