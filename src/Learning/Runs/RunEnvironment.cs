using Coverslip.Files;
using Coverslip.Torch;

namespace Coverslip.Learning.Runs;

/// <summary>
/// What a run is computed with, kept in its folder from its start: numbers are the same again with the same threads,
/// instruction set and libraries only, since sums are taken in another order otherwise. Those of a reproducible run do not
/// depend on the threads.
/// </summary>
public static class RunEnvironment
{
    private const string FileName = "environment.txt";

    /// <summary>Versions of the program and of libtorch, and the kernels' instruction set.</summary>
    public static string Versions =>
        $"coverslip {ProgramVersion.Current}, libtorch {TorchRuntime.Version}, kernels {TorchRuntime.Simd}";

    private static string Current =>
        TorchRuntime.Reproducible ? $"{Versions}, reproducible" : $"{Versions}, {TorchRuntime.Threads} threads";

    /// <summary>Keeps it, and tells how a run that goes on began, where that was with something else; null where not.</summary>
    public static string? Keep(string folder)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            WholeFile.Write(file, $"{Current}\n");
            return null;
        }
        var before = File.ReadAllText(file).TrimEnd();
        return before == Current
            ? null
            : $"the run began with {before}, and goes on with {Current}: it is the same run, but its numbers will not be the same to the last digit as without the change (OMP_NUM_THREADS sets the threads)";
    }
}
