using System.Collections.Concurrent;

namespace Coverslip.Viewer.Corrections;

/// <summary>
/// The one thread on which features are computed and models learn: the engine's threads belong to whoever calls it, and every
/// further caller would bring as many again. What somebody waits for goes before what is done in the meantime.
/// </summary>
internal sealed class ModelThread : IDisposable
{
    private readonly BlockingCollection<Action> urgent = [];
    private readonly Func<bool> step;
    private readonly Thread thread;

    /// <param name="step">A small piece of what is done in the meantime; says whether there is more.</param>
    internal ModelThread(Func<bool> step)
    {
        this.step = step;
        thread = new Thread(Run) { IsBackground = true, Name = "model" };
        thread.Start();
    }

    /// <summary>Does something as soon as the piece under way is done.</summary>
    internal Task<T> Do<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        urgent.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception error)
            {
                done.SetException(error); // thrown where it is waited for
            }
        });
        return done.Task;
    }

    public void Dispose()
    {
        urgent.CompleteAdding();
        thread.Join();
        urgent.Dispose();
    }

    private void Run()
    {
        var more = true;
        while (!urgent.IsCompleted)
        {
            // Whatever was asked for may have left something to do in the meantime.
            if (urgent.TryTake(out var work, more ? 0 : Timeout.Infinite))
            {
                work();
                more = true;
            }
            else if (!urgent.IsAddingCompleted)
                more = step();
        }
    }
}
