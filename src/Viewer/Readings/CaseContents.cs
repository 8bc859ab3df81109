using Coverslip.Files;

namespace Coverslip.Viewer.Readings;

/// <summary>What tells a case from every other: the contents of its file, and of a field of a slide its place, too.</summary>
public static class CaseContents
{
    /// <summary>The hash.</summary>
    /// <param name="path">A file, or a slide with a place behind it (<see cref="SlidePlace"/>).</param>
    /// <param name="files">Hashes of files that many cases share; null (default): the file is read now.</param>
    public static string Of(string path, FileContents? files = null)
    {
        var file = SlidePlace.FileOf(path);
        var contents = files is null ? FileContents.Read(file) : files.Of(file);
        return SlidePlace.Of(path) is { } place
            ? new Fingerprint().Add("slide", contents).Add("place", $"{place with { File = "" }}").Hash
            : contents;
    }
}
