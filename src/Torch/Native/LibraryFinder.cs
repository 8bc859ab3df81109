using System.Reflection;
using System.Runtime.InteropServices;

namespace Coverslip.Torch.Native;

/// <summary>
/// Finds libcoverslip_torch: in <c>COVERSLIP_NATIVE</c> (set by the launcher), beside the program, or in
/// <c>artifacts/native/lib</c> of the checkout that the program was built in.
/// </summary>
internal static class LibraryFinder
{
    internal static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "coverslip_torch")
            return 0;
        var tried = new List<string>();
        foreach (var folder in Folders())
        {
            var file = Path.Combine(folder, $"lib{name}.so");
            if (File.Exists(file))
                return NativeLibrary.Load(file);
            tried.Add(folder);
        }
        throw new DllNotFoundException(
            $"lib{name}.so is in none of {string.Join(", ", tried)}; start the program through ./coverslip, which builds it, or set COVERSLIP_NATIVE"
        );
    }

    private static IEnumerable<string> Folders()
    {
        if (Environment.GetEnvironmentVariable("COVERSLIP_NATIVE") is { Length: > 0 } set)
            yield return set;
        yield return AppContext.BaseDirectory;
        for (
            var folder = Path.GetDirectoryName(AppContext.BaseDirectory);
            folder is not null;
            folder = Path.GetDirectoryName(folder)
        )
            if (File.Exists(Path.Combine(folder, "Coverslip.slnx")))
                yield return Path.Combine(folder, "artifacts", "native", "lib");
    }
}
