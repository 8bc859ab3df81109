using Coverslip.App.Tests.Commands;
using Coverslip.Files;

namespace Coverslip.App.Tests.Outputs;

/// <summary>Runs verbs, and keeps which files of the table each wrote and which it was handed.</summary>
internal sealed class OutputWalk(string root)
{
    private readonly IReadOnlyList<OutputFile> table = OutputTable.Read();
    private readonly Dictionary<string, OutputFile> owners = [];
    private readonly HashSet<(OutputFile File, string Reader)> handed = [];
    private readonly HashSet<string> run = [];
    private readonly List<string> unlisted = [];

    /// <summary>Files that stand in no row, rows of which no file was written, and readers that were handed none.</summary>
    internal IReadOnlyList<string> Wrong =>
        [
            .. unlisted.Select(f => $"not in the table: {f}"),
            .. table
                .Where(f => run.Contains(f.Verb) && !f.IsOptional)
                .Except(owners.Values)
                .Select(f => $"nobody wrote {f}"),
            .. table
                .SelectMany(f => f.Readers.Where(r => !handed.Contains((f, r))), (f, r) => f)
                .Select(f => $"{f} was not read by all of {string.Join(", ", f.Readers)}"),
        ];

    /// <summary>Verbs of the table that were never run.</summary>
    internal IEnumerable<string> NotRun => table.Select(f => f.Verb).Distinct().Except(run);

    /// <summary>Runs a line <c>folder: verb arguments => what it has to say</c>.</summary>
    internal void Run(string line)
    {
        var into = line[..line.IndexOf(": ", StringComparison.Ordinal)];
        var (call, said) = line[(into.Length + 2)..].Split(" => ") is [var words, var expected]
            ? (words, expected)
            : (line[(into.Length + 2)..], "");
        var fails = call.StartsWith('!');
        string[] typed = [.. call.TrimStart('!').Split(' ').SelectMany(Expanded)];
        var verb =
            table.Any(f => f.Verb == typed[0] || f.Readers.Contains(typed[0])) && !IsVerb($"{typed[0]} {typed[1]}")
                ? typed[0]
                : $"{typed[0]} {typed[1]}";
        foreach (var read in typed.SelectMany(Named))
            if (owners.TryGetValue(read, out var file))
                handed.Add((file, verb));
        var before = Files(root).ToHashSet(StringComparer.Ordinal);
        var output = VerbCall.Run(fails ? 1 : 0, typed).Output;
        Assert.True(output.Contains(said, StringComparison.Ordinal), $"{call}\ndoes not say '{said}':\n{output}");
        run.Add(verb);
        foreach (var written in Files(root).Where(f => !before.Contains(f)))
        {
            var path = Path.GetRelativePath(Path.Combine(root, into), written).Replace('\\', '/');
            if (table.FirstOrDefault(f => f.Verb == verb && f.Is(path)) is { } file)
                owners[written] = file;
            else
                unlisted.Add($"{verb}: {path}");
        }
    }

    private bool IsVerb(string words) => table.Any(f => f.Verb == words || f.Readers.Contains(words));

    /// <summary>A word with its path from the root on, or the files that it stands for.</summary>
    private IEnumerable<string> Expanded(string word)
    {
        var at = word.IndexOf('@');
        if (at < 0)
            return [word];
        var path = Path.Combine(root, word[(at + 1)..]);
        if (!path.Contains('*'))
            return [word[..at] + path];
        var name = Path.GetFileName(path).Replace("[0]", "", StringComparison.Ordinal);
        var files = Directory.GetFiles(Path.GetDirectoryName(path)!, name).Order(StringComparer.Ordinal);
        return path.EndsWith("[0]", StringComparison.Ordinal) ? files.Take(1) : files;
    }

    /// <summary>The files that a word names: itself, a folder's, and those that a table names.</summary>
    private static IEnumerable<string> Named(string word)
    {
        var value = word[(word.IndexOf('=') + 1)..];
        if (Directory.Exists(value))
            return Files(value);
        if (!File.Exists(value))
            return [];
        var folder = Path.GetDirectoryName(value)!;
        return Path.GetExtension(value) != ".csv"
            ? [value]
            : CsvTable
                .ReadRows(value)
                .SelectMany(r => r.Fields)
                .Where(f => f.Length > 0)
                .Select(f => Path.GetFullPath(Path.Combine(folder, SlidePlace.FileOf(f))))
                .Where(File.Exists)
                .Append(value);
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories);
}
