using System.Diagnostics;
using System.Globalization;
using Coverslip.Learning.Progress;
using Spectre.Console;

namespace Coverslip.App.Progress;

/// <summary>
/// One line of progress with rate and time left: it moves on a terminal, and otherwise is a plain line at most every ten
/// seconds, since a log has no use for what overwrites itself. It goes to standard error, so that standard output holds
/// results alone.
/// </summary>
internal sealed class ProgressLine(string what, long total, string unit) : IWorkSteps, IProgress<int>
{
    private static readonly TimeSpan TerminalPause = TimeSpan.FromMilliseconds(100),
        PlainPause = TimeSpan.FromSeconds(10);
    private readonly IAnsiConsole? terminal = Terminal.Error();
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Lock gate = new();
    private TimeSpan last;
    private (bool Shown, ProgressTask? Line) bar;

    /// <summary>What comes after it, said in the line; empty by default.</summary>
    public string After { get; init; } = "";

    public void Report(long done) => Report(done, After);

    /// <summary>The same at once, where <see cref="Progress{T}"/> would tell later and from elsewhere.</summary>
    void IProgress<int>.Report(int value) => Report(value, "");

    /// <summary>Shows that <paramref name="done"/> of the total are done, with a word on how it stands.</summary>
    public void Report(long done, string word)
    {
        lock (gate)
        {
            var now = clock.Elapsed;
            if (now - last < (terminal is null ? PlainPause : TerminalPause))
                return;
            last = now;
            var rate = done / Math.Max(now.TotalSeconds, 1e-9);
            var left = rate > 0 ? TimeSpan.FromSeconds((total - done) / rate) : TimeSpan.Zero;
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"{what} {done}/{total}, {(rate >= 1 || rate == 0 ? $"{rate:0.#} {unit}/s" : $"{1 / rate:0.#} s per {One(unit)}")}, {Clock(left)} left{(word.Length > 0 ? $"  {word}" : "")}"
            );
            if (terminal is null)
                Console.Error.WriteLine(text);
            else if (!bar.Shown)
                bar = (true, ProgressDisplay.Add(terminal, text, total));
            if (bar.Line is { } line)
                (line.Description, line.Value) = (text, done);
        }
    }

    /// <summary>"images" → "image", "patches" → "patch".</summary>
    private static string One(string unit) =>
        unit.EndsWith("ches", StringComparison.Ordinal) ? unit[..^2] : unit.TrimEnd('s');

    /// <summary>Takes the line away, so that what follows starts on a clean one; a further report shows it again.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (bar.Shown)
                ProgressDisplay.Remove(bar.Line);
            bar = default;
        }
    }

    /// <summary>3725 s → 1 h 02 min.</summary>
    public static string Clock(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{(int)time.TotalHours} h {time.Minutes:00} min"
        : time.TotalMinutes >= 1 ? $"{time.Minutes} min {time.Seconds:00} s"
        : $"{time.Seconds} s";
}
