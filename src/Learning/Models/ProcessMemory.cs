using System.Globalization;

namespace Coverslip.Learning.Models;

/// <summary>Memory of the process and the machine, as Linux tells it, in bytes.</summary>
internal static class ProcessMemory
{
    /// <summary>Resident now.</summary>
    public static long Resident => Read("/proc/self/status", "VmRSS:");

    /// <summary>Largest resident since the start or the last <see cref="ResetPeak"/>.</summary>
    public static long Peak => Read("/proc/self/status", "VmHWM:");

    /// <summary>What the machine can still give without swapping.</summary>
    public static long Available => Read("/proc/meminfo", "MemAvailable:");

    /// <summary>Lets <see cref="Peak"/> start anew from what is resident now.</summary>
    public static void ResetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    private static long Read(string file, string key)
    {
        foreach (var line in File.ReadLines(file))
            if (line.StartsWith(key, StringComparison.Ordinal))
                return 1024
                    * long.Parse(line.AsSpan(key.Length).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture);
        throw new InvalidDataException($"{file} has no line {key}");
    }
}
