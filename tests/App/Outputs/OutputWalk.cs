using Coverslip.App.Tests.Commands;
using Coverslip.Files;

namespace Coverslip.App.Tests.Outputs;

/// <summary>Runs verbs, and keeps which files of the table each wrote and which it was handed.</summary>
internal sealed class OutputWalk(string root)
{
    private readonly Dictionary<string, OutputFile> owners = [];
    private readonly HashSet<(OutputFile File, string Reader)> handed = [];
    private readonly HashSet<string> run = [];

    internal IReadOnlyList<OutputFile> Table { get; } = OutputTable.Read();

    /// <summary>Files that stand in no row of their verb.</summary>
    internal List<string> Unlisted { get; } = [];

    /// <summary>Rows of verbs that were run, of which no file was written.</summary>
    internal IEnumerable<OutputFile> Unwritten => Table.Where(f => run.Contains(f.Verb)).Except(owners.Values);

    /// <summary>Readers in the table that were handed no such file.</summary>
    internal IEnumerable<string> Unread =>
        Table.SelectMany(f => f.Readers.Where(r => !handed.Contains((f, r))).Select(r => $"{f} by `{r}`"));

    /// <summary>Verbs of the table that were never run.</summary>
    internal IEnumerable<string> NotRun => Table.Select(f => f.Verb).Distinct().Except(run);

    internal string At(string name) => Path.Combine(root, name);

    /// <summary>Calls a verb.</summary>
    /// <param name="verb">Its words.</param>
    /// <param name="into">The folder of its output, within the root.</param>
    /// <param name="args">What follows the words; an existing file or folder counts as handed to it.</param>
    /// <returns>What it printed.</returns>
    internal string Run(string verb, string into, params string[] args) => Run(0, verb, into, args);

    /// <summary>As above, of a verb that ends with a code.</summary>
    internal string Run(int code, string verb, string into, params string[] args)
    {
        foreach (var read in args.SelectMany(Named))
            if (owners.TryGetValue(read, out var file))
                handed.Add((file, verb));
        var before = Files(root).ToHashSet(StringComparer.Ordinal);
        var output = VerbCall.Run(code, [.. verb.Split(' '), .. args]).Output;
        run.Add(verb);
        foreach (var written in Files(root).Where(f => !before.Contains(f)))
        {
            var path = Path.GetRelativePath(At(into), written).Replace('\\', '/');
            if (Table.FirstOrDefault(f => f.Verb == verb && f.Is(path)) is { } file)
                owners[written] = file;
            else
                Unlisted.Add($"{verb}: {path}");
        }
        return output;
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories);

    /// <summary>The files that a word of the command line names: itself, a folder's, and those that its table names.</summary>
    private static IEnumerable<string> Named(string word)
    {
        var value = word[(word.IndexOf('=') + 1)..];
        if (Directory.Exists(value))
            return Files(value).Select(Path.GetFullPath);
        if (!File.Exists(SlidePlace.FileOf(value)))
            return [];
        var file = Path.GetFullPath(SlidePlace.FileOf(value));
        var folder = Path.GetDirectoryName(file)!;
        return Path.GetExtension(file) != ".csv"
            ? [file]
            :
            [
                file,
                .. CsvTable
                    .ReadRows(file)
                    .SelectMany(r => r.Fields)
                    .Where(f => f.Length > 0)
                    .Select(f => Path.GetFullPath(Path.Combine(folder, SlidePlace.FileOf(f))))
                    .Where(File.Exists),
            ];
    }
}
