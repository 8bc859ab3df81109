using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Coverslip.App.Commands;

/// <summary>
/// What stands on the command line for an option, for validators: these run before defaults and conversions.
/// </summary>
internal static partial class OptionText
{
    /// <summary>An error of the parser; where it names a type of .NET for what should have stood there, in plain words.</summary>
    public static string InOurWords(string error) =>
        NoValue().Match(error) is { Success: true } found
            ? $"{found.Groups["name"].Value} is '{found.Groups["word"].Value}'; give {KindOf(found.Groups["type"].Value)}"
            : error;

    private static string KindOf(string type) =>
        type switch
        {
            _ when type.Contains("Int32") || type.Contains("Int64") => "a whole number",
            _ when type.Contains("Double") || type.Contains("Single") => "a number, such as 0.5",
            _ when type.Contains("Boolean") => "true or false",
            _ => "another value; --help tells which",
        };

    [GeneratedRegex(
        @"^Cannot parse argument '(?<word>.*)' for (?:option|command) '(?<name>[^']*)' as expected type '(?<type>.*)'\.$",
        RegexOptions.Singleline
    )]
    private static partial Regex NoValue();

    /// <summary>The option's first word, or null if the option is not given.</summary>
    public static string? Text(this SymbolResult parsed, Option option) =>
        parsed.GetResult(option) is { Tokens: [var first, ..] } ? first.Value : null;

    /// <summary>Refuses a number out of its range as wrong usage; what is no number is refused anyway.</summary>
    public static void Within(this Option option, double least, double most, string unit = "") =>
        option.Validators.Add(result =>
        {
            if (
                result.Tokens is not [var word]
                || !double.TryParse(word.Value, CultureInfo.InvariantCulture, out var value)
            )
                return;
            if (!(value >= least && value <= most))
            {
                var range = FormattableString.Invariant($"it goes from {least} to {most}{unit}");
                result.AddError($"{option.Name} is {word.Value}; {range}");
            }
        });

    /// <summary>Whether the option is given, with or without a word.</summary>
    public static bool Has(this SymbolResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };
}
