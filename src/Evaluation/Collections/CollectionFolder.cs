using Coverslip.Evaluation.Cohorts;

namespace Coverslip.Evaluation.Collections;

/// <summary>Every file below a folder, by name: downloads are unpacked in more than one way, and names stay.</summary>
internal sealed class CollectionFolder
{
    private static readonly string[] Archives = [".zip", ".tar", ".gz", ".tgz", ".7z", ".rar"];
    private readonly string csvFolder;

    public CollectionFolder(string path, string csvFolder)
    {
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"{path}: no such folder");
        (Path, this.csvFolder) = (path, csvFolder);
        Files =
        [
            .. Directory
                .EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Select(file => System.IO.Path.GetRelativePath(path, file).Replace('\\', '/'))
                .Where(file => !LeftoverFiles.IsHidden(file))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>As it was given.</summary>
    public string Path { get; }

    /// <summary>Relative to the folder, with forward slashes, in ordinal order; without hidden ones.</summary>
    public IReadOnlyList<string> Files { get; }

    public string Full(string file) => System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, file));

    /// <summary>A file as the cohort names it.</summary>
    public string InCohort(string file) => System.IO.Path.GetRelativePath(csvFolder, Full(file)).Replace('\\', '/');

    /// <summary>Full path of the one file of the first of these names that is there, whatever its case; null where none is.</summary>
    /// <exception cref="InvalidDataException">Two files have the name.</exception>
    public string? Table(params string[] names)
    {
        foreach (var name in names)
        {
            string[] found = [.. Files.Where(f => NameOf(f).Equals(name, StringComparison.OrdinalIgnoreCase))];
            if (found.Length > 1)
                throw new InvalidDataException(
                    $"{Path}: both {found[0]} and {found[1]}; name the folder that holds one of them"
                );
            if (found.Length == 1)
                return Full(found[0]);
        }
        return null;
    }

    /// <summary>The same of a table that has to be there.</summary>
    public string NeedTable(string what, params string[] names) =>
        Table(names)
        ?? throw new FileNotFoundException(
            $"{Path}: no {string.Join(" or ", names)} anywhere below it, which says {what}; it belongs to the download"
        );

    /// <summary>The files of which a name is wanted, by that name in lower case.</summary>
    /// <param name="nameOf">A file's name within the collection; null of a file that is none of its images.</param>
    /// <exception cref="InvalidDataException">Two files have one name.</exception>
    public Dictionary<string, string> ByName(Func<string, string?> nameOf)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Files)
            if (nameOf(file)?.ToLowerInvariant() is { } name && !found.TryAdd(name, file))
                throw new InvalidDataException(
                    $"{Path}: both {found[name]} and {file}; an image is there once: take one away, or name the folder of one"
                );
        return found;
    }

    /// <summary>What to throw where no image is there.</summary>
    public InvalidDataException Without(string wanted)
    {
        var packed = Files.Where(f => Archives.Contains(System.IO.Path.GetExtension(f).ToLowerInvariant())).ToList();
        return new InvalidDataException(
            $"{Path}: none of its {Files.Count} files is an image of the collection (looked for {wanted})"
                + (packed.Count > 0 ? $"; unpack its {packed.Count} archives, such as {packed[0]}, first" : "")
        );
    }

    public static string NameOf(string file) => file[(file.LastIndexOf('/') + 1)..];

    public static string StemOf(string file) => System.IO.Path.GetFileNameWithoutExtension(NameOf(file));

    /// <summary>Whether a file lies in a folder whose name holds a word.</summary>
    public static bool LiesIn(string file, string word) =>
        file.Split('/')[..^1].Any(step => step.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>"67 images that …, such as x.png", or nothing of none.</summary>
    public static IEnumerable<string> Told(IReadOnlyCollection<string> files, string what) =>
        files.Count == 0 ? [] : [$"{files.Count:N0} {what}, such as {files.First()}"];
}
