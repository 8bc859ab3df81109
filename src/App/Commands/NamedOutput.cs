using Coverslip.Files;

namespace Coverslip.App.Commands;

/// <summary>A picture or a page under a name that was given on the command line.</summary>
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
        Check(option, path, text[..Compared]);
        WholeFile.Write(path, text);
    }

    private static void Check(string option, string path, string begin)
    {
        if (!File.Exists(path))
            return;
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (File.Exists(Path.Combine(folder, "run.json")) || File.Exists(Path.Combine(folder, "recipe.yaml")))
            throw new IOException(
                $"{option} is {path}, which is a file of the run {folder}; choose a name that is not there yet"
            );
        using var there = new StreamReader(path);
        var read = new char[Compared];
        if (new string(read, 0, there.ReadBlock(read)) != begin)
            throw new IOException(
                $"{option} is {path}, which is there already and was not written as {(begin == "<svg" ? "a picture (SVG)" : "a page (HTML)")}; choose a name that is not there yet"
            );
    }
}
