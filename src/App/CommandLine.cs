using System.CommandLine;

namespace Coverslip.App;

/// <summary>Turns a parsed command line into an exit code, and an exception into one clear line.</summary>
public static class CommandLine
{
    /// <summary>Shown by every verb: the stack trace of a failure is for those who ask.</summary>
    public static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "On failure, print the stack trace too.",
        Recursive = true,
    };

    /// <summary>Runs <paramref name="root"/> on <paramref name="args"/>; returns 0, 1 (failure) or 2 (wrong usage).</summary>
    public static int Run(RootCommand root, string[] args)
    {
        root.Options.Add(Verbose);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) Console.Error.WriteLine(error.Message);
            Console.Error.WriteLine("See 'coverslip --help'.");
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
}
