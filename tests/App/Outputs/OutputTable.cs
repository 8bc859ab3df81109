using System.Text.RegularExpressions;
using Coverslip.Tests;

namespace Coverslip.App.Tests.Outputs;

/// <summary>A file of the table in <c>docs/outputs.md</c>.</summary>
/// <param name="Verb">Who writes it.</param>
/// <param name="Pattern">Its path in the folder of the output: <c>*</c> is any name, <c>…/</c> any folders or none.</param>
/// <param name="Readers">The verbs that read it; none where people or other programs do.</param>
internal sealed record OutputFile(string Verb, string Pattern, IReadOnlyList<string> Readers)
{
    /// <summary>Whether it is not always written: a word "where" follows it in its row.</summary>
    internal bool IsOptional { get; init; }

    /// <summary>Whether a path within the folder of the output is such a file.</summary>
    internal bool Is(string path) =>
        Regex.IsMatch(
            path,
            $"^{Regex.Escape(Pattern).Replace("…/", "(.*/)?", StringComparison.Ordinal).Replace("\\*", "[^/]*", StringComparison.Ordinal)}$"
        );

    public override string ToString() => $"`{Verb}` `{Pattern}`";
}

/// <summary>The table in <c>docs/outputs.md</c>.</summary>
internal static partial class OutputTable
{
    internal static IReadOnlyList<OutputFile> Read() =>
        [
            .. File.ReadLines(Path.Combine(TestData.Root, "docs/outputs.md"))
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
                .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
                .SelectMany(cells =>
                    Words(cells[2])
                        .Select(file => new OutputFile(Words(cells[1]).Single(), file, Words(cells[3]))
                        {
                            IsOptional = cells[2].Contains(", where ", StringComparison.Ordinal),
                        })
                ),
        ];

    private static string[] Words(string cell) => [.. Quoted().Matches(cell).Select(m => m.Groups[1].Value)];

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
