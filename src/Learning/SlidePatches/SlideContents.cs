using System.Security.Cryptography;

namespace Coverslip.Learning.SlidePatches;

/// <summary>Tells a slide's file from others without reading gigabytes.</summary>
public static class SlideContents
{
    private const int Sample = 1 << 16;

    /// <summary>The file's length, and the hash of its beginning and end.</summary>
    public static string Of(string path)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[2 * Sample];
        var read = file.ReadAtLeast(bytes.AsSpan(0, Sample), Sample, throwOnEndOfStream: false);
        file.Position = Math.Max(0, file.Length - Sample);
        read += file.ReadAtLeast(bytes.AsSpan(read, Sample), Sample, throwOnEndOfStream: false);
        return $"{file.Length} {Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, read)))}";
    }
}
