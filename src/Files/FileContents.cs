using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Coverslip.Files;

/// <summary>
/// SHA-256 of file contents, each file read once. Files over <see cref="WholeUpTo"/> bytes (whole slides) are sampled:
/// length and <see cref="Windows"/> windows of 1 MiB spread evenly from the first byte to the last.
/// </summary>
public sealed class FileContents
{
    public const long WholeUpTo = 16L << 20;
    public const int Windows = 16;
    private const int WindowBytes = 1 << 20;

    private readonly ConcurrentDictionary<string, string> hashes = new(StringComparer.Ordinal);

    /// <summary>Hashes several files in parallel.</summary>
    public void Compute(IEnumerable<string> paths) => Parallel.ForEach(paths, path => Of(path));

    /// <summary>The hash of one file, lower-case hexadecimal.</summary>
    public string Of(string path) => hashes.GetOrAdd(path, Read);

    /// <summary>The hash of one file, read now.</summary>
    public static string Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        if (stream.Length <= WholeUpTo)
            return WholeOf(stream);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(BitConverter.GetBytes(stream.Length));
        var window = new byte[WindowBytes];
        for (var i = 0; i < Windows; i++)
        {
            stream.Position = (stream.Length - WindowBytes) / (Windows - 1) * i;
            if (i == Windows - 1)
                stream.Position = stream.Length - WindowBytes;
            stream.ReadExactly(window);
            sha.AppendData(window);
        }
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    /// <summary>The hash of one file, of every byte.</summary>
    public static string ReadWhole(string path)
    {
        using var stream = File.OpenRead(path);
        return WholeOf(stream);
    }

    private static string WholeOf(FileStream stream) => Convert.ToHexStringLower(SHA256.HashData(stream));
}
