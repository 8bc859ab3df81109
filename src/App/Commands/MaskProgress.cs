using System.Diagnostics;
using Coverslip.App.Progress;

namespace Coverslip.App.Commands;

/// <summary>The progress of masks, and what was done stored every few seconds.</summary>
internal sealed class MaskProgress(int count, Action save) : IDisposable
{
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(5);
    private readonly ProgressLine line = new("masks", count, "images");
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private TimeSpan saved;
    private int done;

    /// <summary>One image more; a message gets a line of its own.</summary>
    internal void Done(string? message)
    {
        done++;
        if (message is not null)
        {
            line.Dispose();
            Console.WriteLine(message);
        }
        if (clock.Elapsed - saved > SaveEvery)
        {
            save();
            saved = clock.Elapsed;
        }
        line.Report(done);
    }

    /// <summary>Stores what was done, also when an image fails.</summary>
    public void Dispose()
    {
        line.Dispose();
        save();
    }
}
