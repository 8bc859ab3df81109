namespace Coverslip.Files;

/// <summary>
/// Text that a user names: a table, a recipe, a split. A folder, a device and what never ends are told apart from a file before
/// a byte is read.
/// </summary>
public static class TextFile
{
    private const long MostBytes = 64 << 20; // no recipe, split or list of rules comes near

    /// <summary>The whole text.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no regular file, or has more than 64 MiB.</exception>
    public static string Read(string path)
    {
        Check(path);
        var length = new FileInfo(path).Length;
        return length <= MostBytes
            ? File.ReadAllText(path)
            : throw new InvalidDataException(
                $"{path} has {length:N0} bytes; text of its kind has {MostBytes:N0} at most: is it the right file?"
            );
    }

    /// <summary>Refuses what cannot be read as a file.</summary>
    /// <inheritdoc cref="Read"/>
    public static void Check(string path)
    {
        if (Directory.Exists(path))
            throw new InvalidDataException($"{path} is a folder; name the file");
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: no such file", path);
        if (FileSystem.IsSpecial(path))
            throw new InvalidDataException(
                $"{path} is a device or a pipe, which may never end; save what it gives as a file, and name that"
            );
    }
}
