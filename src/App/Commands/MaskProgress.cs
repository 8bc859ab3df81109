using System.Diagnostics;
using System.Globalization;

namespace Coverslip.App.Commands;

/// <summary>
/// One line with count, rate and time left; on a terminal it is overwritten, elsewhere written every ten seconds.
/// </summary>
internal sealed class MaskProgress(int count, Action save) : IDisposable
{
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(5), LineEvery = TimeSpan.FromSeconds(10);
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private TimeSpan saved, written;
    private int done;

    /// <summary>One image more; a message gets a line of its own.</summary>
    internal void Done(string? message)
    {
        done++;
        if (message is not null) Console.WriteLine(Console.IsOutputRedirected ? message : $"\r{message}\u001b[K");
        if (clock.Elapsed - saved > SaveEvery)
        {
            save();
            saved = clock.Elapsed;
        }
        if (!Console.IsOutputRedirected) Console.Write($"\r{Line()}\u001b[K");
        else if (clock.Elapsed - written > LineEvery) WriteLine();
    }

    internal void Finish()
    {
        save();
        if (done > 0) WriteLine();
    }

    /// <summary>Stores what was done, also when an image fails.</summary>
    public void Dispose() => save();

    private void WriteLine()
    {
        written = clock.Elapsed;
        Console.WriteLine(Console.IsOutputRedirected ? Line() : $"\r{Line()}\u001b[K");
    }

    private string Line()
    {
        var perImage = clock.Elapsed.TotalSeconds / Math.Max(1, done);
        var left = TimeSpan.FromSeconds(perImage * (count - done));
        return string.Create(CultureInfo.InvariantCulture,
            $"{done} of {count} images, {perImage:F2} s each, {left:hh\\:mm\\:ss} left");
    }
}
