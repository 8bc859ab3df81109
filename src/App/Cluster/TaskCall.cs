using System.CommandLine;
using System.CommandLine.Parsing;

namespace Coverslip.App.Cluster;

/// <summary>The call that a task makes: the user's own words without those that are for the cluster.</summary>
internal static class TaskCall
{
    private static readonly Option[] Flags = [ClusterOptions.Slurm, ClusterOptions.DryRun];
    private static readonly Option[] WithWord = [ClusterOptions.Given, ClusterOptions.Container, ClusterOptions.Shards];

    /// <summary>The words, the verb first.</summary>
    internal static IReadOnlyList<string> Words(ParseResult parsed)
    {
        var words = new List<string>();
        for (var i = 0; i < parsed.Tokens.Count; i++)
        {
            var token = parsed.Tokens[i];
            bool Is(Option[] options) => token.Type == TokenType.Option && options.Any(o => o.Name == token.Value);
            if (Is(WithWord))
                i++;
            else if (!Is(Flags))
                words.Add(token.Value);
        }
        return words;
    }

    /// <summary>Folders that have to be seen by a task: the current one, and those of files that the words name.</summary>
    internal static IReadOnlyList<string> Folders(IEnumerable<string> words, string output)
    {
        var all = words
            .Where(Path.Exists)
            .Select(word => Path.GetFullPath(Directory.Exists(word) ? word : Path.GetDirectoryName(word) ?? "."))
            .Append(Path.GetFullPath(output))
            .Append(Environment.CurrentDirectory)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        // What lies below another one is seen with it.
        return
        [
            .. all.Where(one =>
                !all.Any(other => other != one && one.StartsWith(other.TrimEnd('/') + "/", StringComparison.Ordinal))
            ),
        ];
    }
}
