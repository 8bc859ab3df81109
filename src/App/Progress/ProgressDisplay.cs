using Coverslip.Files;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Coverslip.App.Progress;

/// <summary>
/// The lines of progress at the foot of a terminal, on standard error. Spectre.Console has one display at a time, which
/// lasts as long as a call: it runs on a thread of its own while there is a line.
/// </summary>
internal sealed class ProgressDisplay
{
    private static readonly Lock Gate = new();
    private static ProgressDisplay? shown;

    private readonly IAnsiConsole console;
    private readonly ManualResetEventSlim begun = new(),
        ended = new();
    private readonly Thread thread;
    private ProgressContext? context;
    private int lines;

    private ProgressDisplay(IAnsiConsole console)
    {
        this.console = console;
        thread = new Thread(Run) { IsBackground = true, Name = "progress" };
        thread.Start();
        begun.Wait();
    }

    /// <summary>A new line; null where the terminal is gone.</summary>
    internal static ProgressTask? Add(IAnsiConsole console, string text, long total)
    {
        lock (Gate)
        {
            shown ??= new ProgressDisplay(console);
            shown.lines++;
            return shown.context?.AddTask(text, maxValue: Math.Max(total, 1));
        }
    }

    /// <summary>Takes a line away, and with the last one the display.</summary>
    internal static void Remove(ProgressTask? line)
    {
        lock (Gate)
        {
            line?.StopTask();
            if (shown is null || --shown.lines > 0)
                return;
            shown.ended.Set();
            shown.thread.Join();
            shown = null;
        }
    }

    /// <summary>A line that stays, above those that move.</summary>
    internal static void Say(string line)
    {
        lock (Gate)
        {
            if (shown is null)
                Console.Error.WriteLine(line);
            else
                shown.console.Write(new Text(PlainText.Of(line) + "\n"));
        }
    }

    /// <summary>A process that ends at once would leave the terminal without its cursor.</summary>
    internal static void Restore() => shown?.console.Cursor.Show();

    private void Run()
    {
        try
        {
            var progress = console.Progress().AutoClear(true).HideCompleted(true);
            progress.Columns(new ProgressBarColumn { Width = 20 }, new LineColumn());
            progress.Start(its =>
            {
                context = its;
                begun.Set();
                ended.Wait();
            });
        }
        catch (IOException)
        {
            // The terminal is gone; the work goes on without it.
        }
        finally
        {
            begun.Set();
        }
    }

    /// <summary>A line's text as it is, without markup, cut where the terminal ends.</summary>
    private sealed class LineColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(PlainText.Of(task.Description)).Overflow(Overflow.Ellipsis);
    }
}
