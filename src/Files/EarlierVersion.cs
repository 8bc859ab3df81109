using System.Globalization;

namespace Coverslip.Files;

/// <summary>What a file held before it is replaced, kept in a folder under the file's name and the time.</summary>
public static class EarlierVersion
{
    /// <summary>Copies a file, so that it is there at every moment; nothing where there is none yet.</summary>
    /// <param name="path">The file that is about to be replaced.</param>
    /// <param name="folder">Where versions are kept, as <c>NAME.TIME.EXTENSION</c>.</param>
    /// <param name="at">When it is replaced.</param>
    public static void Keep(string path, string folder, DateTimeOffset at)
    {
        if (!File.Exists(path))
            return;
        var before = File.ReadAllBytes(path);
        WholeFile.Write(NameOf(path, folder, at), stream => stream.Write(before));
    }

    private static string NameOf(string path, string folder, DateTimeOffset at)
    {
        var (name, extension) = (Path.GetFileNameWithoutExtension(path), Path.GetExtension(path));
        var time = at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture);
        var kept = Path.Combine(folder, $"{name}.{time}{extension}");
        for (var next = 2; File.Exists(kept); next++)
            kept = Path.Combine(folder, $"{name}.{time}-{next}{extension}");
        return kept;
    }
}
