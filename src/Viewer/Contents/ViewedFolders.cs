using System.Security.Cryptography;
using System.Text;

namespace Coverslip.Viewer.Contents;

/// <summary>A file below one of the folders that are shown.</summary>
/// <param name="Path">Where it is read.</param>
/// <param name="Place">What it is called: the folder as it was named, and what is below it.</param>
internal sealed record ViewedFile(string Path, string Place)
{
    /// <summary>What it is called in place of its file's name, where that would tell too much.</summary>
    internal string? Alias { get; init; }

    internal string Name => Alias ?? System.IO.Path.GetFileName(Path);

    internal string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>The folder's place.</summary>
    internal string FolderPlace => Place.LastIndexOf('/') is var end and >= 0 ? Place[..end] : "";

    /// <summary>
    /// What addresses call it: the same in every call that names the folder alike, so that an address that somebody kept
    /// shows the same again; nothing in it is a path.
    /// </summary>
    internal string Id => IdOf(Place);

    internal static string IdOf(string place) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(place)))[..16];
}

/// <summary>The folders and files that were named, and what lies in them. Links are resolved: what leads out is not shown.</summary>
internal sealed class ViewedFolders
{
    private const int Deepest = 12,
        Most = 1_000_000;

    private readonly List<string> roots = [];
    private readonly List<ViewedFile> files = [];

    private ViewedFolders() { }

    /// <summary>Every file, in the order of its place.</summary>
    internal IReadOnlyList<ViewedFile> Files => files;

    /// <summary>Files that were named themselves, not their folder.</summary>
    internal IReadOnlySet<string> Named { get; private set; } = new HashSet<string>();

    /// <summary>How many links lead out of the folders.</summary>
    internal int LinksOut { get; private set; }

    /// <exception cref="IOException">One is not there, or holds more files than can be shown.</exception>
    internal static ViewedFolders Of(IReadOnlyList<string> paths)
    {
        var all = new ViewedFolders();
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (!Path.Exists(path))
                throw new IOException(
                    $"{path}: there is no such file or folder; name a slide, a folder of slides, or what 'coverslip predict' wrote"
                );
            all.roots.Add(Real(path));
        }
        foreach (var (name, root) in NamesOf(paths).Zip(all.roots))
        {
            if (Directory.Exists(root))
                all.Walk(root, name, 0);
            else if (named.Add(root))
                all.files.Add(new ViewedFile(root, name));
        }
        var distinct = all.files.DistinctBy(f => f.Path).OrderBy(f => f.Place, StringComparer.Ordinal).ToArray();
        all.files.Clear();
        all.files.AddRange(distinct);
        all.Named = named;
        return all;
    }

    /// <summary>Each path's last part; of several that end alike as many parts as tell them apart: one/slides, two/slides.</summary>
    private static string[] NamesOf(IReadOnlyList<string> paths)
    {
        string[] full = [.. paths.Select(p => Path.TrimEndingDirectorySeparator(Path.GetFullPath(p)))];
        return [.. full.Select(Name)];

        string Name(string path) =>
            Enumerable
                .Range(1, path.Split('/').Length)
                .Select(parts => End(path, parts))
                .FirstOrDefault(name => full.All(other => other == path || End(other, name.Split('/').Length) != name))
            ?? path;

        static string End(string path, int parts) =>
            string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries).TakeLast(parts));
    }

    /// <summary>Whether a path, links resolved, lies below what was named.</summary>
    internal bool Holds(string path)
    {
        if (!Path.Exists(path))
            return false;
        var real = Real(path);
        return roots.Any(root =>
            real == root || real.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
        );
    }

    /// <summary>The path with every link in it resolved.</summary>
    internal static string Real(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(full) is not { } parent)
            return full;
        var here = Path.Combine(Real(parent), Path.GetFileName(full));
        FileSystemInfo info = Directory.Exists(here) ? new DirectoryInfo(here) : new FileInfo(here);
        return info.LinkTarget is null ? here : Real(info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? here);
    }

    private void Walk(string folder, string place, int depth)
    {
        if (depth > Deepest)
            return;
        foreach (
            var entry in new DirectoryInfo(folder)
                .EnumerateFileSystemInfos()
                .OrderBy(e => e.Name, StringComparer.Ordinal)
        )
        {
            if (entry.Name[0] == '.')
                continue;
            if (entry.LinkTarget is not null && !Holds(entry.FullName))
            {
                LinksOut++;
                continue;
            }
            var below = $"{place}/{entry.Name}";
            // A link to a folder could lead in circles, and shows what is shown elsewhere.
            if (entry is DirectoryInfo)
            {
                if (entry.LinkTarget is null)
                    Walk(entry.FullName, below, depth + 1);
            }
            else if (files.Count < Most)
                files.Add(new ViewedFile(Real(entry.FullName), below));
            else
                throw new IOException(
                    $"{folder}: more than {Most} files lie in what was named; name the folders of the slides and predictions alone"
                );
        }
    }
}
