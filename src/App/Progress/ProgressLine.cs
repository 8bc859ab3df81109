using System.Diagnostics;
using System.Globalization;
using Coverslip.Learning.Progress;

namespace Coverslip.App.Progress;

/// <summary>
/// One line of progress with rate and time left: rewritten in place on a terminal, and otherwise a plain line at most
/// every ten seconds. It goes to standard error, so that standard output holds results alone.
/// </summary>
internal sealed class ProgressLine(string what, long total, string unit) : IWorkSteps
{
    private static readonly TimeSpan TerminalPause = TimeSpan.FromMilliseconds(100),
        PlainPause = TimeSpan.FromSeconds(10);
    private readonly bool terminal = !Console.IsErrorRedirected;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Lock gate = new();
    private TimeSpan last;
    private bool shown;

    public void Report(long done) => Report(done, "");

    /// <summary>Shows that <paramref name="done"/> of the total are done, with a word on how it stands.</summary>
    public void Report(long done, string word)
    {
        lock (gate)
        {
            var now = clock.Elapsed;
            if (now - last < (terminal ? TerminalPause : PlainPause))
                return;
            last = now;
            var rate = done / Math.Max(now.TotalSeconds, 1e-9);
            var left = rate > 0 ? TimeSpan.FromSeconds((total - done) / rate) : TimeSpan.Zero;
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"{what} {done}/{total}, {(rate >= 1 || rate == 0 ? $"{rate:0.#} {unit}/s" : $"{1 / rate:0.#} s/{unit}")}, {Clock(left)} left{(word.Length > 0 ? $"  {word}" : "")}"
            );
            if (terminal)
                Console.Error.Write($"\r{Bar(done)} {text}\u001b[K");
            else
                Console.Error.WriteLine(text);
            shown = true;
        }
    }

    /// <summary>Clears the line, so that what follows starts on a clean one.</summary>
    public void Dispose()
    {
        if (terminal && shown)
            Console.Error.Write("\r\u001b[K");
    }

    /// <summary>3725 s → 1 h 02 min.</summary>
    public static string Clock(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{(int)time.TotalHours} h {time.Minutes:00} min"
        : time.TotalMinutes >= 1 ? $"{time.Minutes} min {time.Seconds:00} s"
        : $"{time.Seconds} s";

    private string Bar(long done)
    {
        const int width = 20;
        var filled = total > 0 ? (int)(width * Math.Min(done, total) / total) : 0;
        return $"[{new string('=', filled)}{new string(' ', width - filled)}]";
    }
}
