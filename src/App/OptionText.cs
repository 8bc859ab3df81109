using System.CommandLine;
using System.CommandLine.Parsing;

namespace Coverslip.App;

/// <summary>
/// What stands on the command line for an option, for validators: these run before defaults and conversions.
/// </summary>
internal static class OptionText
{
    /// <summary>The option's first word, or null if the option is not given.</summary>
    public static string? Text(this SymbolResult parsed, Option option) =>
        parsed.GetResult(option) is { Tokens: [var first, ..] } ? first.Value : null;

    /// <summary>Whether the option is given, with or without a word.</summary>
    public static bool Has(this SymbolResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };
}
