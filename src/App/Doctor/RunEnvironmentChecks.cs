using System.Globalization;
using System.Runtime.InteropServices;

namespace Coverslip.App.Doctor;

/// <summary>What the launcher sets for a run, and what is lost where a program starts without it.</summary>
internal static class RunEnvironmentChecks
{
    private const string Start =
        "start through ./coverslip, or set what docs/setup.md lists under \"Without the launcher\"";

    public static DoctorCheck Launcher() =>
        Environment.GetEnvironmentVariable("COVERSLIP_LAUNCHER") is { Length: > 0 }
            ? new("launcher", "used", true)
            : new("launcher", "not used", false, Start);

    public static DoctorCheck Threads() =>
        Threads(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), Environment.ProcessorCount);

    /// <summary>As <see cref="Threads()"/>, for a value of OMP_NUM_THREADS, null where unset.</summary>
    public static DoctorCheck Threads(string? asked, int cores)
    {
        if (asked is null)
            return new("threads", $"OMP_NUM_THREADS is not set, {cores} cores", false, Start);
        return asked == cores.ToString(CultureInfo.InvariantCulture)
            ? new("threads", $"{asked} on {cores} cores", true)
            : new(
                "threads",
                $"OMP_NUM_THREADS is {asked} on {cores} cores",
                false,
                $"unset OMP_NUM_THREADS for one thread per core, or set it to {cores}"
            );
    }

    /// <summary>glibc hands large blocks back to the system and faults them in anew: up to half of a step.</summary>
    public static DoctorCheck Allocator()
    {
        var path = LoadedLibraries.Path("libjemalloc.so");
        if (path is not null)
        {
            var (decay, pages) = JemallocSettings(path);
            var found = $"jemalloc ({path}), dirty_decay_ms:{decay}, thp:{pages}";
            return decay == -1 && pages == "always"
                ? new("allocator", found, true)
                : new("allocator", found, false, "unset MALLOC_CONF, so that ./coverslip sets it");
        }
        if (Environment.GetEnvironmentVariable("COVERSLIP_ALLOCATOR") is { Length: > 0 } chosen)
            return new(
                "allocator",
                $"the system's, as COVERSLIP_ALLOCATOR={chosen} asks",
                true,
                "unset COVERSLIP_ALLOCATOR: with jemalloc a training step takes up to half the time"
            );
        return new("allocator", "the system's", false, $"apt-get install libjemalloc2, and {Start}");
    }

    /// <summary>The settings as jemalloc itself holds them; a misspelt MALLOC_CONF changes nothing.</summary>
    private static unsafe (long Decay, string Pages) JemallocSettings(string path)
    {
        // mallctl of jemalloc 5: int (const char *name, void *old, size_t *oldSize, void *new, size_t newSize).
        var control = (delegate* unmanaged<byte*, void*, nuint*, void*, nuint, int>)
            NativeLibrary.GetExport(NativeLibrary.Load(path), "mallctl");
        nint decay = 0,
            pages = 0;
        var size = (nuint)sizeof(nint);
        fixed (byte* name = "opt.dirty_decay_ms\0"u8)
            control(name, &decay, &size, null, 0);
        fixed (byte* name = "opt.thp\0"u8)
            control(name, &pages, &size, null, 0);
        return (decay, Marshal.PtrToStringUTF8(pages) ?? "unknown");
    }
}
