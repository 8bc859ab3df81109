using Spectre.Console;

namespace Coverslip.App.Progress;

/// <summary>The streams where they are terminals that can move their cursor; null of a pipe, a file, a dumb terminal or CI.</summary>
internal static class Terminal
{
    // Of the streams as they are before Clean, which Spectre.Console knows for terminals: its own moves of the cursor pass,
    // and its words are cleaned where they are handed over.
    private static IAnsiConsole? output,
        errors;
    private static bool elsewhere;

    internal static IAnsiConsole? Output() => output;

    internal static IAnsiConsole? Error() => errors;

    /// <summary>Has both streams show control sequences, until disposed of.</summary>
    internal static IDisposable Clean()
    {
        var before = new Streams();
        (output, errors) = (
            Of(before.Output, Console.IsOutputRedirected || elsewhere),
            Of(before.Errors, Console.IsErrorRedirected || elsewhere)
        );
        Console.SetOut(new PlainWriter(before.Output));
        Console.SetError(new PlainWriter(before.Errors));
        return before;
    }

    /// <summary>Has both streams go into a log, which is no terminal, until disposed of.</summary>
    internal static IDisposable Into(TextWriter log)
    {
        var before = new Streams();
        (output, errors, elsewhere) = (null, null, true);
        Console.SetOut(log);
        Console.SetError(log);
        return before;
    }

    private static IAnsiConsole? Of(TextWriter stream, bool redirected)
    {
        if (redirected)
            return null;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(stream) });
        return console.Profile.Capabilities is { Ansi: true, Interactive: true } ? console : null;
    }

    /// <summary>Both streams as they are, which come back when this is disposed of.</summary>
    private sealed class Streams : IDisposable
    {
        private readonly (IAnsiConsole?, IAnsiConsole?, bool) terminals = (output, errors, elsewhere);

        internal TextWriter Output { get; } = Console.Out;

        internal TextWriter Errors { get; } = Console.Error;

        public void Dispose()
        {
            Console.SetOut(Output);
            Console.SetError(Errors);
            (output, errors, elsewhere) = terminals;
        }
    }
}
