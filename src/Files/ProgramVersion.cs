using System.Reflection;

namespace Coverslip.Files;

/// <summary>The version that is recorded with whatever the program makes.</summary>
public static class ProgramVersion
{
    /// <summary>
    /// The tag and the commit of the program, as <c>coverslip --version</c> prints them; the tag alone where another
    /// program trains with this library, for only the program is compiled anew at each commit.
    /// </summary>
    public static string Current { get; } =
        Of(
            Assembly.GetEntryAssembly() is { } entry && entry.GetName().Name == "coverslip"
                ? entry
                : typeof(ProgramVersion).Assembly
        );

    private static string Of(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
