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
    public static IDisposable? Try(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path)) // else there is no room for it, or the folder is gone
        {
            return null;
        }
    }

    /// <summary>Takes it as soon as it is free.</summary>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static IDisposable Await(string path, CancellationToken stop)
    {
        while (true)
        {
            if (Try(path) is { } claim)
                return claim;
            if (stop.WaitHandle.WaitOne(Pause))
                throw new OperationCanceledException(stop);
        }
    }
}
