using System.Reflection;
using System.Runtime.InteropServices;

namespace Coverslip.Files;

/// <summary>
/// Finds the libraries that <c>native/</c> builds: in <c>COVERSLIP_NATIVE</c> (set by the launcher), beside the program, or
/// in <c>artifacts/native/lib</c> of the checkout that the program was built in, so that tests run from an editor.
/// </summary>
public static class LibraryFinder
{
    private const string Variable = "COVERSLIP_NATIVE";

    /// <summary>Loads <c>lib<paramref name="library"/>.so</c>; 0 for libraries of other names.</summary>
    /// <exception cref="DllNotFoundException">In none of the folders, or it is there and does not load.</exception>
    public static nint Resolve(string library, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (!library.StartsWith("coverslip_", StringComparison.Ordinal))
            return 0;
        var file = $"lib{library}.so";
        var looked = Folders().Select(folder => Path.Combine(folder, file)).ToArray();
        var found = looked.FirstOrDefault(File.Exists);
        if (found is null)
            throw new DllNotFoundException(
                $"{file} is in none of {string.Join(", ", looked)}; run ./coverslip once, which builds it, "
                    + $"or set {Variable} to the folder that holds it"
            );
        try
        {
            return NativeLibrary.Load(found);
        }
        catch (DllNotFoundException error)
        {
            throw new DllNotFoundException(
                $"{found} does not load ({error.Message.Trim()}); run ./coverslip, which installs what it needs",
                error
            );
        }
    }

    private static IEnumerable<string> Folders()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            yield return Path.GetFullPath(named);
        yield return AppContext.BaseDirectory;
        if (ProgramFolders.Made("native/lib") is { } built)
            yield return built;
    }
}
