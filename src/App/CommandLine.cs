using System.CommandLine;
using System.CommandLine.Parsing;
using Coverslip.App.Commands;
using Coverslip.App.Progress;
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

    /// <summary>Verbs that go on where they were stopped.</summary>
    private static readonly string[] Resumable = ["demo", "train", "study", "predict", "mask", "tissue", "features"];

    /// <summary>What names a file or folder that is written, and perhaps anew.</summary>
    private static readonly HashSet<string> Written =
    [
        "--out",
        "--roc",
        "--report",
        "--onnx",
        "--torchscript",
        "--write",
        "--database",
        "<out>",
        "<page>",
    ];

    /// <summary>Parses and runs; returns 0, 1 (failure), 2 (wrong usage) or 130 (stopped by Ctrl-C or SIGTERM).</summary>
    public static int Run(RootCommand root, string[] args)
    {
        using var clean = Terminal.Clean();
        using var call = UserFiles.Begin();
        return RunGuarded(root, args);
    }

    private static int RunGuarded(RootCommand root, string[] args)
    {
        if (!root.Options.Contains(Verbose))
            root.Options.Add(Verbose);
        ParseResult parsed;
        try
        {
            parsed = root.Parse(args);
        }
        catch (InvalidOperationException error)
        {
            // A validator asked for the value of an option whose word is none of those allowed.
            Console.Error.WriteLine(OneLine(error));
            return 2;
        }
        if (Empty(parsed) is { } empty)
        {
            Console.Error.WriteLine($"{empty} is given without a word (''); give one, or leave it out.");
            return 2;
        }
        if (parsed.Errors.Count > 0)
        {
            // That a verb is missing goes without saying where a word was meant to be one.
            var unknown = parsed.UnmatchedTokens;
            var telling = parsed.Errors.Where(error => unknown.Any(word => error.Message.Contains(word))).ToList();
            foreach (var error in telling.Count > 0 ? telling : parsed.Errors)
                Console.Error.WriteLine(OptionText.InOurWords(error.Message));
            if (Suggestion(parsed) is { } near)
                Console.Error.WriteLine($"Did you mean '{near}'?");
            Console.Error.WriteLine($"See '{Words(parsed.CommandResult)} --help'.");
            return 2;
        }
        Guard(parsed);
        using var signals = StopSignal.Watch(Stopped(parsed));
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine(Stopped(parsed));
            return StopSignal.ExitCode;
        }
        catch (Exception error)
        {
            Console.Error.WriteLine(parsed.GetValue(Verbose) ? error.ToString() : $"error: {OneLine(error)}");
            return 1;
        }
    }

    /// <summary>What a call was given to read it does not write over, whatever its verb.</summary>
    private static void Guard(ParseResult parsed)
    {
        foreach (var given in parsed.CommandResult.Children)
        {
            var name = given is OptionResult option ? option.Option.Name : $"<{((ArgumentResult)given).Argument.Name}>";
            if (!Written.Contains(name))
                foreach (var file in given.Tokens.Select(t => t.Value).Where(File.Exists))
                    UserFiles.Guard(file, $"what {name} of this call names");
        }
    }

    /// <summary>How to go on after Ctrl-C.</summary>
    private static string Stopped(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (!Resumable.Contains(command.Name) || command.Parents.OfType<Command>().Any(p => p is not RootCommand))
            return "stopped; nothing half done was left. The same command begins anew";
        var resume = command.Options.FirstOrDefault(o => o.Name == "--resume");
        var more = resume is not null && parsed.GetResult(resume) is not { Implicit: false } ? " and --resume" : "";
        return $"stopped; what is finished is kept. Go on with the same command{more}";
    }

    /// <summary>The first line of a message; that of the cause where the outer one only says that something failed.</summary>
    private static string OneLine(Exception error) =>
        (
            error is AggregateException or TypeInitializationException && error.InnerException is { } cause
                ? cause
                : error
        ).Message.ReplaceLineEndings(" ");

    /// <summary>The first option or argument whose word is empty, as of a variable that is not set: nothing takes that.</summary>
    private static string? Empty(ParseResult parsed) =>
        parsed
            .CommandResult.Children.Where(child => child.Tokens.Any(token => token.Value.Trim().Length == 0))
            .Select(child =>
                child is OptionResult option ? option.Option.Name : $"<{((ArgumentResult)child).Argument.Name}>"
            )
            .FirstOrDefault();

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
