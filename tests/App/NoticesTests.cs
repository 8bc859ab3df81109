using System.Text.Json;
using System.Text.RegularExpressions;
using Coverslip.Tests;

namespace Coverslip.App.Tests;

public sealed partial class NoticesTests
{
    private static readonly string Page = Read("docs/third-party.md");

    [Fact]
    public void Every_package_that_is_restored_stands_in_the_notices() =>
        Assert.All(Packages().Matches(Read("Directory.Packages.props")), match => InPage(match.Groups[1].Value));

    [Fact]
    public void Every_package_that_is_restored_for_a_file_in_it_stands_in_the_notices()
    {
        var names = Downloads().Matches(Read("src/App/Coverslip.csproj")).Select(m => m.Groups[1].Value).ToArray();
        Assert.Contains("Microsoft.ML.DnnImageFeaturizer.ResNet18", names);
        Assert.All(names, InPage);
    }

    [Fact]
    public void Every_library_that_a_run_needs_stands_in_the_notices()
    {
        var names = Libraries().Matches(Read("native/packages.txt")).Select(match => match.Groups[1].Value).ToArray();
        Assert.Contains("libopenslide0", names);
        Assert.All(names, InPage);
    }

    /// <summary>Those for the build alone are marked; scopes stand as one.</summary>
    [Fact]
    public void Every_npm_package_of_the_viewer_stands_in_the_notices()
    {
        using var locked = JsonDocument.Parse(Read("src/Viewer/web/package-lock.json"));
        string[] names =
        [
            .. locked
                .RootElement.GetProperty("packages")
                .EnumerateObject()
                .Where(p => p.Name.Length > 0 && !p.Value.TryGetProperty("dev", out _))
                .Where(p => !p.Value.TryGetProperty("optional", out _))
                .Select(p => p.Name[(p.Name.LastIndexOf("node_modules/", StringComparison.Ordinal) + 13)..])
                .Select(name =>
                    name[0] == '@' && !name.StartsWith("@types/", StringComparison.Ordinal)
                        ? $"{name.Split('/')[0]}/*"
                        : name
                )
                .Distinct(),
        ];
        Assert.Contains("openseadragon", names);
        Assert.All(names, InPage);
    }

    private static void InPage(string name) => Assert.Contains($"`{name}`", Page);

    private static string Read(string file) => File.ReadAllText(Path.Combine(TestData.Root, file));

    [GeneratedRegex("PackageVersion Include=\"([^\"]+)\"")]
    private static partial Regex Packages();

    [GeneratedRegex(@"PackageDownload\s+Include=""([^""]+)""")]
    private static partial Regex Downloads();

    [GeneratedRegex(@"^(?:run|both) +(\S+)$", RegexOptions.Multiline)]
    private static partial Regex Libraries();
}
