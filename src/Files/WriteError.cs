namespace Coverslip.Files;

/// <summary>What went wrong in writing, in words of the user's path: the name under which a file is written is ours.</summary>
internal static class WriteError
{
    // Error numbers of <errno.h> on Linux, as .NET keeps them in HResult.
    private const int TooLarge = 27;
    private const int Full = 28;
    private const int ReadOnly = 30;
    private const int Quota = 122;

    /// <summary>Whether an error is about the file that is written.</summary>
    internal static bool Is(Exception error, string temporary) =>
        error is not WrittenException
        && (error.Message.Contains(temporary) || error is PathTooLongException || Reason(error) is not null);

    /// <summary>The error as the user is told.</summary>
    /// <param name="path">As the user named it.</param>
    /// <param name="temporary">The name under which it was written.</param>
    /// <param name="error">What happened.</param>
    internal static IOException Of(string path, string temporary, Exception error)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        var reason =
            Reason(error)
            ?? error switch
            {
                PathTooLongException =>
                    $"its name is too long, '{Short(Path.GetFileName(path))}'; names have 255 bytes at most, so give a shorter one",
                UnauthorizedAccessException => $"nothing may be written in {folder}; choose another --out",
                _ => error.Message.Replace(temporary, path),
            };
        return new WrittenException($"{Short(path)} cannot be written: {reason}", error);
    }

    private static string? Reason(Exception error) =>
        error is not IOException
            ? null
            : error.HResult switch
            {
                Full => "the disk is full; free some space, or choose another --out",
                Quota => "your share of the disk is used up (quota); free some space, or choose another --out",
                ReadOnly => "its file system is read-only; choose another --out",
                TooLarge =>
                    "the file grew beyond what files may have here (ulimit -f); raise it, or choose another --out",
                _ => null,
            };

    private static string Short(string path) => path.Length <= 300 ? path : $"{path[..100]}…{path[^100..]}";

    /// <summary>One that was told already, by a file within a file.</summary>
    private sealed class WrittenException(string message, Exception cause) : IOException(message, cause);
}
