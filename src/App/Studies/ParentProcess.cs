namespace Coverslip.App.Studies;

/// <summary>Ends a study's child process with the study: nobody would be there to take what it makes.</summary>
internal static class ParentProcess
{
    /// <summary>Set for a child whose standard input is a pipe of its parent's that nothing is written to.</summary>
    internal const string Variable = "COVERSLIP_CHILD";

    /// <summary>In such a child, ends the process when the pipe does; what was written stays whole.</summary>
    internal static void Follow()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
            return;
        Environment.SetEnvironmentVariable(Variable, null);
        var watch = new Thread(() =>
        {
            using var pipe = Console.OpenStandardInput();
            while (pipe.ReadByte() >= 0) { }
            Environment.Exit(1);
        })
        {
            IsBackground = true,
            Name = "parent",
        };
        watch.Start();
    }
}
