namespace Coverslip.App.Doctor;

/// <summary>All checks, in the order in which <c>coverslip doctor</c> prints them.</summary>
internal static class Examination
{
    /// <summary>Order matters in one place: BLAS and GPU are judged by what loading libtorch brought in.</summary>
    private static readonly Func<DoctorCheck>[] Checks =
    [
        MachineChecks.DotNet,
        LibraryChecks.Torch,
        LibraryChecks.Kernels,
        LibraryChecks.Blas,
        LibraryChecks.OpenCv,
        LibraryChecks.OpenSlide,
        MachineChecks.OfProcessor,
        () => MachineChecks.Gpu(LibraryChecks.TorchHasCuda),
        MachineChecks.Memory,
        RunEnvironmentChecks.Threads,
        RunEnvironmentChecks.Allocator,
        RunEnvironmentChecks.Launcher,
    ];

    /// <summary>Runs every check; loads the native libraries into this process.</summary>
    public static IReadOnlyList<DoctorCheck> Run() => [.. Checks.Select(check => check())];

    /// <summary>
    /// What a command that computes prints before it starts: one line for each setting that costs it time and that the
    /// launcher would have set. Empty when all is well. Call it where libtorch is about to be used.
    /// </summary>
    public static IReadOnlyList<string> RunWarnings() =>
        [
            .. new[] { LibraryChecks.Blas(), RunEnvironmentChecks.Threads(), RunEnvironmentChecks.Allocator() }
                .Where(check => !check.Ok)
                .Select(check => $"slow run: {check.Name}: {check.Found}; {check.Mend}"),
        ];
}
