using System.Runtime.InteropServices;

namespace Coverslip.App.Progress;

/// <summary>
/// Ctrl-C and SIGTERM. While work goes on that keeps what it has finished they ask it for a stop; before that, and the second
/// time, the process ends at once, and what was written stays whole. Either way it says how to go on, and the exit code is one.
/// </summary>
internal sealed partial class StopSignal : IDisposable
{
    /// <summary>As shells give a program that Ctrl-C ended.</summary>
    internal const int ExitCode = 130;

    private static readonly Lock Gate = new();
    private static StopSignal? active;
    private static int watched;

    private readonly CancellationTokenSource source = new();
    private readonly StopSignal? outer;

    public StopSignal()
    {
        lock (Gate)
            (outer, active) = (active, this);
    }

    public CancellationToken Token => source.Token;

    /// <summary>The token of the work under way; one that is never canceled where there is none.</summary>
    internal static CancellationToken Current => active?.Token ?? default;

    public void Dispose()
    {
        lock (Gate)
            active = outer;
        source.Dispose();
    }

    /// <summary>Takes signals for the length of a call; those of a call within it are its own.</summary>
    /// <param name="told">What to write where the process ends at once.</param>
    /// <returns>What ends it; null within another call.</returns>
    internal static IDisposable? Watch(string told) =>
        Interlocked.CompareExchange(ref watched, 1, 0) == 0 ? new Registrations(told) : null;

    /// <summary>What a signal does: asks for a stop, or tells that there is nothing to ask.</summary>
    internal static bool Ask()
    {
        lock (Gate)
        {
            if (active is null || active.source.IsCancellationRequested)
                return false;
            // A call within a call, as of a study's cell: both end.
            for (var each = active; each is not null; each = each.outer)
                each.source.Cancel();
            return true;
        }
    }

    private sealed class Registrations : IDisposable
    {
        private readonly PosixSignalRegistration interrupt,
            terminate;

        internal Registrations(string told)
        {
            void Handle(PosixSignalContext context)
            {
                context.Cancel = true;
                if (Ask())
                    return;
                ProgressDisplay.Restore();
                Console.Error.WriteLine(told);
                EndNow(ExitCode);
            }
            interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
            terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        }

        public void Dispose()
        {
            interrupt.Dispose();
            terminate.Dispose();
            Volatile.Write(ref watched, 0);
        }
    }

    /// <summary>Without destructors of libraries whose threads are at work.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void EndNow(int code);
}
