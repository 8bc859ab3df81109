namespace Coverslip.App.Tests.Commands;

/// <summary>The program, called in this process.</summary>
internal static class VerbCall
{
    /// <summary>What it wrote to standard output and to standard error; it has to end with the code.</summary>
    internal static (string Output, string Errors) Run(int code, params string[] args)
    {
        var (given, output, errors) = Run(args);
        Assert.True(code == given, $"exit code {given} instead of {code}\n{errors}");
        return (output, errors);
    }

    /// <summary>Whatever it ends with.</summary>
    internal static (int Code, string Output, string Errors) Run(string[] args)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var (oldOutput, oldErrors) = (Console.Out, Console.Error);
        Console.SetOut(output);
        Console.SetError(errors);
        try
        {
            return (Program.Main(args), $"{output}", $"{errors}");
        }
        finally
        {
            Console.SetOut(oldOutput);
            Console.SetError(oldErrors);
        }
    }

    /// <summary>The first; errors are written where it fails, and only there.</summary>
    internal static (string Output, string Errors) RunQuiet(int code, params string[] args)
    {
        var told = Run(code, args);
        Assert.True(told.Errors.Length == 0 == (code == 0), told.Errors);
        return told;
    }
}
