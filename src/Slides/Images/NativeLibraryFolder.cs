using System.Reflection;
using System.Runtime.InteropServices;

namespace Coverslip.Slides.Images;

/// <summary>Finds the library that <c>native/imaging</c> builds.</summary>
internal static class NativeLibraryFolder
{
    private const string Variable = "COVERSLIP_NATIVE";

    /// <summary>
    /// Resolves <paramref name="library"/> in the folder that <c>COVERSLIP_NATIVE</c> names, then beside the program,
    /// then in
    /// <c>artifacts/native/lib</c> of the nearest folder upwards that has one (so that tests run from an editor).
    /// </summary>
    /// <exception cref="DllNotFoundException">In none of them, or it is there and does not load.</exception>
    public static nint Resolve(string library, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (library != NativeImaging.Library)
            return 0;
        var file = $"lib{library}.so";
        var looked = Candidates().Select(folder => Path.Combine(folder, file)).ToArray();
        var found = looked.FirstOrDefault(File.Exists);
        if (found is null)
        {
            throw new DllNotFoundException(
                $"{file} is in none of {string.Join(", ", looked)}; run ./coverslip once, which builds it, "
                    + $"or set {Variable} to the folder that holds it"
            );
        }
        try
        {
            return NativeLibrary.Load(found);
        }
        catch (DllNotFoundException e)
        {
            throw new DllNotFoundException(
                $"{found} does not load ({e.Message.Trim()}); run ./coverslip, which installs what it needs",
                e
            );
        }
    }

    private static IEnumerable<string> Candidates()
    {
        var named = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(named))
            yield return Path.GetFullPath(named);
        yield return AppContext.BaseDirectory;
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            var built = Path.Combine(at, "artifacts", "native", "lib");
            if (!Directory.Exists(built))
                continue;
            yield return built;
            yield break;
        }
    }
}
