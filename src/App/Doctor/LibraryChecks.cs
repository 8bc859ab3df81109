using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Coverslip.Torch;

namespace Coverslip.App.Doctor;

/// <summary>The native libraries that Coverslip stands on: found, loadable, and which version.</summary>
internal static partial class LibraryChecks
{
    /// <summary>Whether the libtorch that is loaded now came with CUDA.</summary>
    public static bool TorchHasCuda =>
        LoadedLibraries.Path("libtorch_cuda.so") is not null || Beside(TorchLibrary, "libtorch_cuda.so");

    private static string? TorchLibrary => LoadedLibraries.Path("libtorch_cpu.so");

    /// <summary>Loads Coverslip's own library over libtorch, and names the libtorch that came with it.</summary>
    public static DoctorCheck Torch()
    {
        var failure = LoadedLibraries.LoadOwn("torch");
        if (failure is not null)
            return new("libtorch", failure, false, Rebuild);
        if (TorchLibrary is not { } path)
            return new("libtorch", "libcoverslip_torch.so brings no libtorch_cpu.so", false, Rebuild);
        return new("libtorch", $"{TorchVersion(path)} ({path})", true);
    }

    /// <summary>The instruction set of Coverslip's own kernels; <c>COVERSLIP_SIMD</c> may name another.</summary>
    public static DoctorCheck Kernels()
    {
        if (LoadedLibraries.LoadOwn("torch") is { } failure)
            return new("kernels", failure, false, Rebuild);
        try
        {
            return new("kernels", TorchRuntime.Simd, true);
        }
        catch (TorchException refused)
        {
            return new("kernels", refused.Message, false, "unset COVERSLIP_SIMD");
        }
    }

    /// <summary>Loads Coverslip's own library over OpenCV, and names the OpenCV that came with it.</summary>
    public static DoctorCheck OpenCv()
    {
        var failure = LoadedLibraries.LoadOwn("imaging");
        if (failure is not null)
            return new("OpenCV", failure, false, Rebuild);
        return LoadedLibraries.Path("libopencv_core.so") is { } path
            ? new("OpenCV", $"{VersionInName().Match(path).Value} ({path})", true)
            : new("OpenCV", "libcoverslip_imaging.so brings no libopencv_core.so", false, Rebuild);
    }

    public static DoctorCheck OpenSlide()
    {
        // Soname 0 is OpenSlide 3 (Debian 12), soname 1 is OpenSlide 4.
        foreach (var name in new[] { "libopenslide.so.1", "libopenslide.so.0" })
        {
            if (LoadedLibraries.Load(name) is not null)
                continue;
            return new("OpenSlide", $"{OpenSlideVersion(name)} ({LoadedLibraries.Path("libopenslide.so")})", true);
        }
        return new("OpenSlide", "libopenslide is not found", false, "apt-get install libopenslide-dev");
    }

    /// <summary>The BLAS that matrix products run in: the reference BLAS is 30 times slower than OpenBLAS.</summary>
    public static DoctorCheck Blas()
    {
        // A wheel's libtorch holds its own BLAS; libblas.so.3 decides only for one that asks for it.
        if (TorchLibrary is null)
            LoadedLibraries.Load("libblas.so.3");
        var check = Blas(LoadedLibraries.Path("libopenblas", "libmkl_core", "libblas.so", "libblis"), TorchLibrary);
        return check.Ok && OpenBlasKernels() is { } kernels
            ? check with
            {
                Found = $"{check.Found}, kernels of {kernels}",
            }
            : check;
    }

    /// <summary>For which processor the loaded OpenBLAS computes; null where another BLAS is loaded.</summary>
    private static unsafe string? OpenBlasKernels()
    {
        if (
            LoadedLibraries.Path("libopenblas", "libblas.so") is not { } path
            || !NativeLibrary.TryLoad(path, out var library)
            || !NativeLibrary.TryGetExport(library, "openblas_get_corename", out var named)
        )
            return null;
        return Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)named)());
    }

    /// <summary>As <see cref="Blas()"/>, for the paths of the loaded BLAS and libtorch, if any.</summary>
    public static DoctorCheck Blas(string? blas, string? torch) =>
        (blas, torch) switch
        {
            (null, null) => new("BLAS", "none", false, "apt-get install libopenblas0-pthread"),
            (null, _) => new("BLAS", $"inside {torch}", true),
            _ when Path.GetFileName(blas).StartsWith("libblas.so", StringComparison.Ordinal)
                    && !blas.Contains("openblas", StringComparison.Ordinal) => new(
                "BLAS",
                $"the reference BLAS ({blas})",
                false,
                "apt-get install libopenblas0-pthread, and start through ./coverslip or choose OpenBLAS with "
                    + $"update-alternatives --config libblas.so.3-{RuntimeInformation.OSArchitecture switch
                {
                    Architecture.Arm64 => "aarch64",
                    _ => "x86_64",
                }}-linux-gnu"
            ),
            _ => new("BLAS", blas, true),
        };

    private const string Rebuild =
        "run any command through ./coverslip, which installs and builds what is missing; in a published folder, "
        + "install libtorch, OpenCV, OpenSlide and CharLS (docs/setup.md)";

    /// <summary>From a wheel's version.py, or the headers that came with the library, or its file name.</summary>
    internal static string TorchVersion(string library)
    {
        var folder = Path.GetDirectoryName(library)!;
        var wheel = Path.Combine(folder, "..", "version.py");
        if (File.Exists(wheel) && WheelVersion().Match(File.ReadAllText(wheel)) is { Success: true } found)
            return found.Groups[1].Value;
        const string Header = "include/torch/csrc/api/include/torch/version.h";
        foreach (var header in new[] { Path.Combine(folder, "..", Header), Path.Combine(folder, "../..", Header) })
        {
            if (!File.Exists(header))
                continue;
            var numbers = HeaderVersion().Matches(File.ReadAllText(header)).Select(match => match.Groups[1].Value);
            return string.Join('.', numbers);
        }
        var named = VersionInName().Match(Path.GetFileName(library));
        return named.Success ? named.Value : "of unknown version";
    }

    private static bool Beside(string? library, string name) =>
        library is not null && File.Exists(Path.Combine(Path.GetDirectoryName(library)!, name));

    private static unsafe string OpenSlideVersion(string name)
    {
        var export = NativeLibrary.GetExport(NativeLibrary.Load(name), "openslide_get_version");
        var version = (delegate* unmanaged<byte*>)export;
        return Marshal.PtrToStringUTF8((nint)version()) ?? "of unknown version";
    }

    [GeneratedRegex(@"(?<=\.so\.)[0-9]+(\.[0-9]+)*")]
    private static partial Regex VersionInName();

    [GeneratedRegex(@"__version__ = ['""]([^'""]+)")]
    private static partial Regex WheelVersion();

    [GeneratedRegex(@"define TORCH_VERSION_(?:MAJOR|MINOR|PATCH) ([0-9]+)")]
    private static partial Regex HeaderVersion();
}
