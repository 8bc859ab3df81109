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
        var full = FileSystem.RealPath(path);
        UserFiles.Take(path, full);
        if (Directory.Exists(full))
            throw new IOException($"{path} is a folder, and a file was to be written there; give a file's name");
        var folder = Path.GetDirectoryName(full) ?? throw new ArgumentException($"{path} names no file", nameof(path));
        var special = FileSystem.IsSpecial(full);
        if (!special)
            MakeFolder(folder, path);
        var temporary = ""; // until it has a name
        try
        {
            temporary = TemporaryName.In(special ? Path.GetTempPath() : folder);
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
        catch (Exception error) when (WriteError.Is(error, temporary))
        {
            throw WriteError.Of(path, temporary, error);
        }
        finally
        {
            if (temporary.Length > 0)
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

    /// <summary>Refuses to write where a file is already; a device is written through.</summary>
    /// <exception cref="IOException">There is one.</exception>
    public static void NeedNew(string path)
    {
        if (File.Exists(path) && !FileSystem.IsSpecial(path))
            throw new IOException(
                $"{path} is there already, and would be replaced; choose another --out, or delete that file first"
            );
    }

    /// <summary>Writes bytes, unless the same stand there.</summary>
    /// <exception cref="IOException">A file of another content is there.</exception>
    public static void WriteSame(string path, byte[] bytes)
    {
        if (!File.Exists(path))
            Write(path, stream => stream.Write(bytes));
        else if (new FileInfo(path).Length != bytes.Length || !File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
            throw new IOException(
                $"{path} is there already, with another content; choose another --out, or delete that file first"
            );
    }

    /// <summary>Makes a folder for output, and those that it lies in; one that is there stays.</summary>
    /// <exception cref="IOException">A file is in the way, or it may not be made.</exception>
    public static void MakeFolder(string folder) => MakeFolder(folder, folder);

    private static void MakeFolder(string folder, string path)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var inTheWay = folder;
            while (inTheWay is not null && !File.Exists(inTheWay))
                inTheWay = Path.GetDirectoryName(inTheWay);
            throw inTheWay is null
                ? WriteError.Of(path, folder, error)
                : new IOException(
                    $"{path} cannot be written: {inTheWay} is a file and no folder; choose another --out"
                );
        }
    }

    private static void WriteThrough(string temporary, string target)
    {
        using var from = File.OpenRead(temporary);
        using var to = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        from.CopyTo(to);
    }
}
