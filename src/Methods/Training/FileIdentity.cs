using System.Security.Cryptography;

namespace Coverslip.Methods.Training;

/// <summary>Tells large files apart: the length and the hash of beginning and end, for gigabytes are not read for a name.</summary>
internal static class FileIdentity
{
    private const int Sample = 1 << 16;

    /// <summary>Length and SHA-256 of the first and last 64 KiB.</summary>
    internal static string Of(string path)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[2 * Sample];
        var read = file.ReadAtLeast(bytes.AsSpan(0, Sample), Sample, throwOnEndOfStream: false);
        file.Position = Math.Max(0, file.Length - Sample);
        read += file.ReadAtLeast(bytes.AsSpan(read, Sample), Sample, throwOnEndOfStream: false);
        return $"{file.Length} {Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, read)))}";
    }
}
