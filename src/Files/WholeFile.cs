namespace Coverslip.Files;

/// <summary>Files that are there whole or not at all.</summary>
public static class WholeFile
{
    /// <summary>
    /// Lets <paramref name="write"/> fill a file of a temporary name in the same folder, which takes the place of
    /// <paramref name="path"/> when everything is written. Makes the folder if it is missing.
    /// </summary>
    public static void WriteAt(string path, Action<string> write)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full) ?? throw new ArgumentException($"{path} names no file", nameof(path));
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        try
        {
            write(temporary);
            File.Move(temporary, full, overwrite: true);
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
}
