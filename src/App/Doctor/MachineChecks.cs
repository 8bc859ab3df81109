using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Coverslip.Torch;

namespace Coverslip.App.Doctor;

/// <summary>What the machine itself brings: .NET, processor, memory, graphics card.</summary>
internal static class MachineChecks
{
    private const long Gibibyte = 1L << 30;

    public static DoctorCheck DotNet() =>
        new(".NET", $"{RuntimeInformation.FrameworkDescription} ({RuntimeInformation.RuntimeIdentifier})", true);

    /// <summary>Vector instructions; convolutions without AVX2 (or Arm's NEON) are many times slower.</summary>
    public static DoctorCheck OfProcessor() => OfProcessor(File.ReadLines("/proc/cpuinfo"));

    /// <summary>As <see cref="OfProcessor()"/>, from the lines of a <c>/proc/cpuinfo</c>.</summary>
    public static DoctorCheck OfProcessor(IEnumerable<string> description)
    {
        string[] lines = [.. description];
        var features = Processor.FeaturesOf(lines);
        var fast = features.Contains("AVX2") || features.Contains("NEON");
        var names = features.Count > 0 ? string.Join(", ", features) : "no vector instructions known here";
        return new(
            "processor",
            $"{Processor.ModelOf(lines)}: {names}",
            fast,
            (fast, Processor.Bfloat16In(features)) switch
            {
                (false, _) => "training is many times slower here; use a processor with AVX2",
                (_, false) => "no bfloat16 instructions: float32 is the faster choice here",
                _ => null,
            }
        );
    }

    public static DoctorCheck Memory()
    {
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var available = Processor.Value(File.ReadLines("/proc/meminfo"), "MemAvailable")?.Split(' ')[0];
        var free = long.TryParse(available, CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes * 1024 : total;
        var found = string.Create(
            CultureInfo.InvariantCulture,
            $"{(double)total / Gibibyte:0.0} GiB, {(double)Math.Min(free, total) / Gibibyte:0.0} GiB free"
        );
        return total >= 4 * Gibibyte
            ? new("memory", found, true)
            : new("memory", found, false, "training needs 4 GiB and more; use smaller images or a smaller batch");
    }

    /// <summary>The NVIDIA cards that the driver lists, and whether libtorch at hand can use them.</summary>
    /// <param name="torchHasCuda">Whether the libtorch in use was built with CUDA.</param>
    public static DoctorCheck Gpu(bool torchHasCuda)
    {
        var cards = Output("nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader");
        if (string.IsNullOrWhiteSpace(cards))
            return new("GPU", "none (nvidia-smi finds no card)", true);
        var found = cards.Trim().Replace("\n", "; ", StringComparison.Ordinal);
        return torchHasCuda
            ? new("GPU", $"{found}; libtorch has CUDA", true)
            : new(
                "GPU",
                $"{found}; libtorch has no CUDA",
                true,
                "to use it, set COVERSLIP_TORCH to the torch folder of a Python wheel with CUDA"
            );
    }

    /// <summary>Standard output of a command, or null if it is absent, fails, or takes over ten seconds.</summary>
    private static string? Output(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            if (process.WaitForExit(TimeSpan.FromSeconds(10)))
                return process.ExitCode == 0 ? output.Result : null;
            process.Kill();
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
