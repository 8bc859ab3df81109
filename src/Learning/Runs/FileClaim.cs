using Coverslip.Files;

namespace Coverslip.Learning.Runs;

/// <summary>
/// What only one process may do at a time, also where several machines share the folder: a file that is locked. Given back
/// when disposed of, and by the system when a process dies.
/// </summary>
public static class FileClaim
{
    private const int Pause = 500;

    /// <summary>Takes it; null where another process has it.</summary>
    /// <param name="path">The file; its folder is made.</param>
    /// <exception cref="IOException">It cannot be made: a folder that is read-only, a full disk.</exception>
    /// <param name="shared">Whether others may have it shared, too; nobody has it alone then.</param>
    public static IDisposable? Try(string path, bool shared = false)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return shared
                ? new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read)
                : new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (TakenFile.Says(error))
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{path} cannot be taken, which keeps two processes from the same work: {error.Message}; choose a folder that may be written",
                error
            );
        }
    }

    /// <summary>Takes it as soon as it is free.</summary>
    /// <param name="path">The file.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <param name="waiting">Told once, where another process has it.</param>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static IDisposable Await(string path, CancellationToken stop, Action? waiting = null)
    {
        while (true)
        {
            if (Try(path) is { } claim)
                return claim;
            waiting?.Invoke();
            waiting = null;
            if (stop.WaitHandle.WaitOne(Pause))
                throw new OperationCanceledException(stop);
        }
    }
}
