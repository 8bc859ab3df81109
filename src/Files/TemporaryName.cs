using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Coverslip.Files;

/// <summary>
/// Names of files that are being written: they say which process of which machine does, so that the next one removes what a
/// process that was killed left.
/// </summary>
internal static partial class TemporaryName
{
    private static readonly string Machine = string.Concat(Environment.MachineName.Where(char.IsAsciiLetterOrDigit));
    private static readonly ConcurrentDictionary<string, bool> Swept = new(StringComparer.Ordinal);

    /// <summary>A new name in a folder, from which the first call removes what dead processes of this machine left.</summary>
    internal static string In(string folder)
    {
        if (Swept.TryAdd(folder, true))
            Sweep(folder);
        return Path.Combine(folder, $".coverslip-{Machine}-{Environment.ProcessId}-{Guid.NewGuid():N}.tmp");
    }

    private static void Sweep(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, ".coverslip-*.tmp"))
        {
            var name = Pattern().Match(Path.GetFileName(file));
            if (!name.Success || name.Groups["machine"].Value != Machine)
                continue;
            if (int.TryParse(name.Groups["process"].Value, CultureInfo.InvariantCulture, out var id) && !IsAlive(id))
                File.Delete(file);
        }
    }

    private static bool IsAlive(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [GeneratedRegex("^\\.coverslip-(?<machine>[^-]*)-(?<process>[0-9]+)-[0-9a-f]{32}\\.tmp$")]
    private static partial Regex Pattern();
}
