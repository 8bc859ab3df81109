using System.Diagnostics;

namespace Coverslip.Tests;

/// <summary>
/// Debian's PostgreSQL in a folder of its own, on a socket in it and on no port, for as long as the tests that share it take.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    private readonly string? folder;
    private int databases;

    public PostgresServer()
    {
        if (Programs is not { } programs)
        {
            Missing =
                "there is no PostgreSQL server here; Debian: apt-get install --no-install-recommends postgresql-15";
            return;
        }
        // Names of sockets are at most 107 letters.
        folder = Directory.CreateTempSubdirectory("pg").FullName;
        if (Environment.IsPrivilegedProcess)
            Run("chown", "postgres", folder);
        As(
            Path.Combine(programs, "initdb"),
            "-D",
            $"{folder}/data",
            "-A",
            "trust",
            "-U",
            "postgres",
            "--no-sync",
            "-E",
            "UTF8"
        );
        As(
            Path.Combine(programs, "pg_ctl"),
            "-D",
            $"{folder}/data",
            "-l",
            $"{folder}/log",
            "-w",
            "-o",
            $"-k {folder} -c listen_addresses= -c shared_buffers=16MB -c max_connections=80",
            "start"
        );
    }

    /// <summary>Why there is none; null where there is one.</summary>
    public string? Missing { get; }

    private static string? Programs =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .Order()
                .Select(v => Path.Combine(v, "bin"))
                .LastOrDefault(b => File.Exists(Path.Combine(b, "initdb")))
            : null;

    /// <summary>How a database of its own is reached, which is made when it is first used.</summary>
    public string NewDatabase() =>
        $"Host={folder};Username=postgres;Database=readings{Interlocked.Increment(ref databases)};Pooling=true";

    public void Dispose()
    {
        if (folder is null)
            return;
        Npgsql.NpgsqlConnection.ClearAllPools();
        As(Path.Combine(Programs!, "pg_ctl"), "-D", $"{folder}/data", "-m", "immediate", "stop");
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The server refuses to run as root.</summary>
    private static void As(string program, params string[] arguments)
    {
        if (Environment.IsPrivilegedProcess)
            Run("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", program, .. arguments]);
        else
            Run(program, arguments);
    }

    private static void Run(string program, params string[] arguments)
    {
        // What the server writes goes to its log: a pipe that it inherits would keep this waiting for it.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        foreach (var word in (string[])["-c", "exec \"$@\" > /dev/null 2>&1 < /dev/null", "sh", program, .. arguments])
            start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}"
            );
    }
}
