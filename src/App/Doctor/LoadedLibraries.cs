using System.Runtime.InteropServices;

namespace Coverslip.App.Doctor;

/// <summary>
/// The native libraries as the loader resolves them in this process, which is the only answer that counts: links,
/// LD_LIBRARY_PATH and LD_PRELOAD have all had their say.
/// </summary>
internal static class LoadedLibraries
{
    /// <summary>The folder of Coverslip's own native libraries: that of the launcher, else the program's.</summary>
    public static string Folder =>
        Environment.GetEnvironmentVariable("COVERSLIP_NATIVE") is { Length: > 0 } folder
            ? folder
            : AppContext.BaseDirectory;

    /// <summary>Full path of the first loaded library whose name starts with one of the prefixes, or null.</summary>
    public static string? Path(params string[] prefixes)
    {
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var slash = line.IndexOf('/');
            if (slash < 0)
                continue;
            var path = line[slash..];
            var name = System.IO.Path.GetFileName(path);
            if (prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
                return path;
        }
        return null;
    }

    /// <summary>Loads a library by name or path; returns null, or the loader's own words on why it could not.</summary>
    public static string? Load(string name)
    {
        if (name.Contains('/') && !File.Exists(name))
            return $"{name} does not exist";
        try
        {
            NativeLibrary.Load(name);
            return null;
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            // The first line is .NET's general advice; dlopen's own message, which names the missing one, follows it.
            var lines = error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return lines.Length > 1 ? lines[1] : lines[0];
        }
    }

    /// <summary>Loads one of Coverslip's own libraries (<c>torch</c>, <c>imaging</c>) with all it depends on.</summary>
    public static string? LoadOwn(string name) => Load(System.IO.Path.Combine(Folder, $"libcoverslip_{name}.so"));
}
