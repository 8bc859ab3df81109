using System.CommandLine;
using System.CommandLine.Parsing;
using Coverslip.Files;

namespace Coverslip.App;

/// <summary>Turns a parsed command line into an exit code, and an exception into one clear line.</summary>
internal static class CommandLine
{
    /// <summary>Shown by every verb: the stack trace of a failure is for those who ask.</summary>
    public static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "On failure, print the stack trace too.",
        Recursive = true,
    };

    /// <summary>Parses and runs; returns 0, 1 (failure) or 2 (wrong usage).</summary>
    public static int Run(RootCommand root, string[] args)
    {
        root.Options.Add(Verbose);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            // That a verb is missing goes without saying where a word was meant to be one.
            var unknown = parsed.UnmatchedTokens;
            var telling = parsed.Errors.Where(error => unknown.Any(word => error.Message.Contains(word))).ToList();
            foreach (var error in telling.Count > 0 ? telling : parsed.Errors)
                Console.Error.WriteLine(error.Message);
            if (Suggestion(parsed) is { } near)
                Console.Error.WriteLine($"Did you mean '{near}'?");
            Console.Error.WriteLine($"See '{Words(parsed.CommandResult)} --help'.");
            return 2;
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("stopped");
            return 1;
        }
        catch (Exception error)
        {
            Console.Error.WriteLine(parsed.GetValue(Verbose) ? error.ToString() : $"error: {error.Message}");
            return 1;
        }
    }

    /// <summary>The verb or option nearest to the first word that was not understood, if one is near enough.</summary>
    private static string? Suggestion(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens.Count == 0)
            return null;
        var word = parsed.UnmatchedTokens[0];
        var command = parsed.CommandResult.Command;
        var known = command.Subcommands.Select(verb => verb.Name).Concat(command.Options.Select(option => option.Name));
        var nearest = NearestName.Of(word, known);
        return nearest is not null && NearestName.Distance(word, nearest) <= Math.Max(1, (word.Length + 1) / 3)
            ? nearest
            : null;
    }

    /// <summary>The command as typed: "coverslip evaluate classification".</summary>
    private static string Words(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{Words(parent)} {command.Command.Name}" : "coverslip";
}
