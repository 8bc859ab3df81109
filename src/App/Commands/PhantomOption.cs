using System.CommandLine;
using Coverslip.Files;

namespace Coverslip.App.Commands;

/// <summary>Options of the verbs that paint phantoms.</summary>
internal static class PhantomOption
{
    /// <summary>The folder of a painted cohort.</summary>
    public static Option<string> Output() => new("--out") { Description = "Folder of the cohort.", Required = true };

    /// <summary>The folder that was named; one that holds a cohort is not painted over.</summary>
    /// <exception cref="IOException">It holds one.</exception>
    public static string Folder(ParseResult parsed, Option<string> output)
    {
        var folder = parsed.GetRequiredValue(output);
        WholeFile.NeedNew(Path.Combine(folder, "cohort.csv"));
        return folder;
    }

    /// <summary>The seed of a cohort.</summary>
    public static Option<int> Seed(int standard) =>
        StandardOption.Of("--seed", standard, "What one cohort differs from another by.");
}
