using System.Runtime.CompilerServices;

namespace Coverslip.App.Tests;

/// <summary>Tests that read what the program prints read plain text, also where they run in a terminal.</summary>
internal static class DumbTerminal
{
    [ModuleInitializer]
    internal static void Set() => Environment.SetEnvironmentVariable("TERM", "dumb");
}
