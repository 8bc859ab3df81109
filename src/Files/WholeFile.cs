namespace Coverslip.Files;

/// <summary>
/// Files that are there whole or not at all, and on the disk when a call returns. A link is followed; a device or a pipe is
/// written through and never replaced; what a call was given to read (<see cref="UserFiles"/>) is refused.
/// </summary>
public static class WholeFile
{
    /// <summary>
    /// Lets <paramref name="write"/> fill a file of a temporary name in the same folder, which takes the place of
    /// <paramref name="path"/> when everything is written. Makes the folder if it is missing.
    /// </summary>
    /// <exception cref="IOException">It cannot be written, is a folder, or is one of the user's own files.</exception>
    public static void WriteAt(string path, Action<string> write)
    {
        var full = Target(path);
        UserFiles.Take(full);
        if (Directory.Exists(full))
            throw new IOException($"{path} is a folder, and a file was to be written there; give a file's name");
        var folder = Path.GetDirectoryName(full) ?? throw new ArgumentException($"{path} names no file", nameof(path));
        var special = FileSystem.IsSpecial(full);
        if (!special)
            Directory.CreateDirectory(folder);
        var temporary = TemporaryName.In(special ? Path.GetTempPath() : folder);
        try
        {
            write(temporary);
            if (special)
            {
                WriteThrough(temporary, full);
                return;
            }
            FileSystem.Sync(temporary);
            File.Move(temporary, full, overwrite: true);
            FilesTogether.Named(folder);
            UserFiles.Wrote(full);
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException && error.Message.Contains(temporary))
        {
            throw new IOException(error.Message.Replace(temporary, path), error);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>As <see cref="WriteAt"/>, through a stream.</summary>
    public static void Write(string path, Action<Stream> write) =>
        WriteAt(
            path,
            temporary =>
            {
                using var stream = new FileStream(temporary, FileMode.CreateNew);
                write(stream);
            }
        );

    /// <summary>Writes <paramref name="text"/> as UTF-8 without a byte order mark.</summary>
    public static void Write(string path, string text) =>
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    private static string Target(string path)
    {
        var full = Path.GetFullPath(path);
        var file = new FileInfo(full);
        return file.LinkTarget is null ? full : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    private static void WriteThrough(string temporary, string target)
    {
        using var from = File.OpenRead(temporary);
        using var to = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        from.CopyTo(to);
    }
}
