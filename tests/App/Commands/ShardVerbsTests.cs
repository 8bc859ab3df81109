using Coverslip.Files;
using Coverslip.Learning.Shards;

namespace Coverslip.App.Tests.Commands;

/// <summary>Calls that do a share of the slides each, and one that writes the tables: as one call on all, byte by byte.</summary>
[Collection("console")]
public sealed class ShardVerbsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public ShardVerbsTests()
    {
        foreach (var (name, size) in (ReadOnlySpan<(string, string)>)[("a", "600"), ("b", "300"), ("c", "400")])
            VerbCall.Run(
                0,
                [
                    .. "slide phantom".Split(' '),
                    At($"{name}.tif"),
                    .. $"--width {size} --height {size} --tissue 0.4 --mpp 2".Split(' '),
                ]
            );
        File.WriteAllText(At("d.tif"), "no slide");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Tissue_in_shares_is_that_of_one_call()
    {
        var whole = VerbCall.Run(1, Tissue("whole")).Errors;
        Assert.Contains("d.tif", whole);

        var (_, early) = VerbCall.Run(0, [.. Tissue("shares"), "--shard", "2/2"]);
        Assert.Contains("share 2/2: 2 of 4 slides", early);
        Assert.False(File.Exists(At("shares/tissue.csv")));
        // Merged too early: what is missing is named, and how to go on.
        Assert.Contains(
            "not finished; call with its --shard again, then with --merge",
            VerbCall.Run(1, [.. Tissue("shares"), "--merge"]).Errors
        );
        VerbCall.Run(1, [.. Tissue("shares"), "--shard", "1/2"]);
        VerbCall.Run(1, [.. Tissue("shares"), "--merge"]);
        Same("whole", "shares", []);
        Assert.Equal([1, 2, 2, 1], ShardPlan.Read(At("shares"))!.Slides.Select(s => s.Shard));
    }

    [Theory]
    [InlineData("--shard", "3/2", "it is K/N with K from 1 to N")]
    [InlineData("--shard", "half", "it is K/N with K from 1 to N")]
    public void A_share_that_is_none_is_wrong_usage(string option, string value, string message) =>
        Assert.Contains(message, VerbCall.Run(2, [.. Tissue("none"), option, value]).Errors);

    private string[] Tissue(string to) => ["tissue", .. "abcd".Select(name => At($"{name}.tif")), "--out", At(to)];

    private void Same(string whole, string shares, string[] differing)
    {
        string[] files = [.. Contents(whole, differing)];
        Assert.True(files.Length > 3);
        Assert.Equal(files, Contents(shares, differing));
    }

    private IEnumerable<string> Contents(string run, string[] differing) =>
        from file in Directory.GetFiles(At(run), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        let name = Path.GetRelativePath(At(run), file)
        where
            !name.StartsWith($"{ShardPlan.Folder}/", StringComparison.Ordinal)
            && !name.StartsWith("claims/", StringComparison.Ordinal)
        select differing.Contains(name) ? name : $"{name} {FileContents.Read(file)}";

    private string At(string name) => Path.Combine(folder, name);
}
