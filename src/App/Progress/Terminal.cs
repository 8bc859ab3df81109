using Spectre.Console;

namespace Coverslip.App.Progress;

/// <summary>The streams where they are terminals that can move their cursor; null of a pipe, a file, a dumb terminal or CI.</summary>
internal static class Terminal
{
    // Of the streams as they are before Clean, which Spectre.Console knows for terminals: its own moves of the cursor pass,
    // and its words are cleaned where they are handed over.
    private static IAnsiConsole? output,
        errors;

    internal static IAnsiConsole? Output() => output;

    internal static IAnsiConsole? Error() => errors;

    /// <summary>Has both streams show control sequences, until disposed of.</summary>
    internal static IDisposable Clean()
    {
        var before = new Cleaned(Console.Out, Console.Error);
        (output, errors) = (
            Of(before.Output, Console.IsOutputRedirected),
            Of(before.Errors, Console.IsErrorRedirected)
        );
        Console.SetOut(new PlainWriter(before.Output));
        Console.SetError(new PlainWriter(before.Errors));
        return before;
    }

    private static IAnsiConsole? Of(TextWriter stream, bool redirected)
    {
        if (redirected)
            return null;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(stream) });
        return console.Profile.Capabilities is { Ansi: true, Interactive: true } ? console : null;
    }

    private sealed record Cleaned(TextWriter Output, TextWriter Errors) : IDisposable
    {
        public void Dispose()
        {
            Console.SetOut(Output);
            Console.SetError(Errors);
            (output, errors) = (null, null);
        }
    }
}
