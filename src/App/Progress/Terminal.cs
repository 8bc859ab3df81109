using Spectre.Console;

namespace Coverslip.App.Progress;

/// <summary>The streams where they are terminals that can move their cursor; null of a pipe, a file, a dumb terminal or CI.</summary>
internal static class Terminal
{
    internal static IAnsiConsole? Output() => Of(Console.Out, Console.IsOutputRedirected);

    internal static IAnsiConsole? Error() => Of(Console.Error, Console.IsErrorRedirected);

    private static IAnsiConsole? Of(TextWriter written, bool redirected)
    {
        // Its own moves of the cursor pass; the words within are cleaned where they are handed over.
        var stream = written is PlainWriter plain ? plain.Inner : written;
        if (redirected)
            return null;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(stream) });
        return console.Profile.Capabilities is { Ansi: true, Interactive: true } ? console : null;
    }
}
