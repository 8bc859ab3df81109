using System.Diagnostics;
using System.Globalization;

namespace Coverslip.App.Studies;

/// <summary>This program once more, in a process that ends with this one (<see cref="ParentProcess"/>).</summary>
internal static class OwnProcess
{
    /// <summary>Starts it.</summary>
    /// <param name="arguments">As on the command line.</param>
    /// <param name="threads">Threads of its libraries; 0: as many as here.</param>
    /// <param name="said">Gets each line that it prints, on threads of their own.</param>
    /// <param name="variables">Further variables of its environment.</param>
    internal static Process Start(
        IEnumerable<string> arguments,
        int threads,
        Action<string> said,
        params ReadOnlySpan<(string Name, string Value)> variables
    )
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment[ParentProcess.Variable] = "1";
        if (threads > 0)
            start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = threads.ToString(
                CultureInfo.InvariantCulture
            );
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        void Line(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is { } text)
                said(text);
        }
        var child = new Process { StartInfo = start };
        child.OutputDataReceived += Line;
        child.ErrorDataReceived += Line;
        child.Start();
        child.BeginOutputReadLine();
        child.BeginErrorReadLine();
        return child;
    }
}
