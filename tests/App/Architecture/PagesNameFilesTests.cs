using System.Text.RegularExpressions;
using Coverslip.Tests;

namespace Coverslip.App.Tests.Architecture;

/// <summary>A source file that a page names is there, in the folder that the page gives it.</summary>
public sealed partial class PagesNameFilesTests
{
    [Fact]
    public void Every_source_file_that_a_page_names_exists()
    {
        var sources = (string[])
            [
                .. ((string[])["src", "tests", "native", "samples", "bench"])
                    .SelectMany(top =>
                        Directory.EnumerateFiles(Path.Combine(TestData.Root, top), "*.*", SearchOption.AllDirectories)
                    )
                    .Select(file => "/" + Path.GetRelativePath(TestData.Root, file).Replace('\\', '/')),
            ];
        var gone = new List<string>();
        foreach (var page in Pages())
        foreach (Match named in SourceFile().Matches(File.ReadAllText(page)))
        {
            var path = named.Groups[1].Value;
            // XMethod.cs and NAMEMethod.cs stand for a method's own files.
            if (Template().IsMatch(path))
                continue;
            var tail = "/" + path.Split("../")[^1];
            if (!Array.Exists(sources, s => s.EndsWith(tail, StringComparison.Ordinal)))
                gone.Add($"{Path.GetRelativePath(TestData.Root, page)}: {path}");
        }
        Assert.True(gone.Count == 0, string.Join('\n', gone));
    }

    private static IEnumerable<string> Pages() =>
        Directory
            .EnumerateFiles(Path.Combine(TestData.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(TestData.Root, "README.md"))
            .Append(Path.Combine(TestData.Root, "CONTRIBUTING.md"));

    [GeneratedRegex(@"`((?:[\w.-]+/)*[A-Za-z]\w*\.(?:cs|cpp|h))`")]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"^(X|NAME)[A-Z][a-z]+\.cs$")]
    private static partial Regex Template();
}
