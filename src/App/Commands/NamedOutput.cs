using Coverslip.Files;

namespace Coverslip.App.Commands;

/// <summary>A picture, a page or another file of one kind, under a name that was given on the command line.</summary>
internal static class NamedOutput
{
    private const int Compared = 4; // "<svg" and "<!do" tell what this program writes there

    /// <summary>
    /// Writes it, over an earlier one of its kind too, but over nothing else: the name may be that of a table, a mask or an image
    /// that was just read; and over nothing in a run's folder.
    /// </summary>
    /// <param name="option">The option that named it, such as --roc.</param>
    /// <param name="path">The file.</param>
    /// <param name="text">SVG or HTML.</param>
    /// <exception cref="IOException">Something else is there.</exception>
    internal static void Write(string option, string path, string text)
    {
        if (File.Exists(path))
            CheckRun(option, path);
        var begin = text[..Compared];
        Check(option, path, begin, begin == "<svg" ? "a picture (SVG)" : "a page (HTML)");
        WholeFile.Write(path, text);
    }

    /// <summary>Refuses a file that is there already and of another kind, of which it cannot be an earlier writing.</summary>
    /// <param name="option">The option that named it.</param>
    /// <param name="path">The file.</param>
    /// <param name="begin">What every file of the kind begins with.</param>
    /// <param name="kind">"a packed run".</param>
    /// <exception cref="IOException">It is one.</exception>
    internal static void Check(string option, string path, string begin, string kind)
    {
        if (new FileInfo(path) is not { Exists: true, Length: > 0 }) // of a device it is 0
            return;
        using var there = new StreamReader(path);
        var read = new char[begin.Length];
        if (new string(read, 0, there.ReadBlock(read)) != begin)
            throw new IOException(
                $"{option} is {path}, which is there already and was not written as {kind}; choose a name that is not there yet"
            );
    }

    private static void CheckRun(string option, string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (File.Exists(Path.Combine(folder, "run.json")) || File.Exists(Path.Combine(folder, "recipe.yaml")))
            throw new IOException(
                $"{option} is {path}, which is a file of the run {folder}; choose a name that is not there yet"
            );
    }
}
