using System.Text.RegularExpressions;

namespace Coverslip.App.Tests.Commands;

/// <summary>The verb study as a user calls it.</summary>
[Collection("console")]
public sealed class StudyVerbTests : IDisposable
{
    private readonly PhantomRuns runs = new();

    public StudyVerbTests()
    {
        File.WriteAllText(
            runs.At("study.yaml"),
            """
            study: two networks
            metric: auc
            against: gated
            split: {folds: 2, validation_share: 0.34}
            inputs: [masked]
            common: {training: {epochs: 2}}
            models:
              gated: {recipe: small.yaml}
              plain: {recipe: small.yaml, with: {network: {gated: false}}}
            """
        );
    }

    private string Folder => runs.At("study");

    private string[] Arguments => ["study", runs.At("study.yaml"), "--cohort", runs.CohortFile, "--out", Folder];

    public void Dispose() => runs.Dispose();

    [Fact]
    public async Task Two_calls_share_the_cells_and_a_third_finds_all_done()
    {
        var calls = await Task.WhenAll(
            ProgramProcess.Run(Arguments),
            ProgramProcess.Run([.. Arguments, "--jobs", "2"])
        );
        Assert.All(calls, c => Assert.True(c.Code == 0, c.Errors));
        Assert.Equal(4, calls.Sum(c => Regex.Count(c.Errors, @"part \d: done")));

        var (code, output, errors) = await ProgramProcess.Run(Arguments);
        Assert.True(code == 0, errors);
        Assert.Contains("4 of 4 are done already", errors);
        var table = File.ReadAllText(Path.Combine(Folder, "table.md"));
        Assert.Matches(@"\| gated +\| masked +\| 2/2 +\| \d\.\d{3} ± \d\.\d{3} ", table);
        Assert.Matches(@"\| plain +\| masked +\| 2/2 ", table);
        Assert.Contains("two networks", output);
        Assert.Equal(3, File.ReadAllLines(Path.Combine(Folder, "table.csv")).Length);
        Assert.Contains("two networks", File.ReadAllText(Path.Combine(Folder, "study.html")));
    }

    [Fact]
    public async Task Classical_classifiers_are_cells_like_any_other()
    {
        File.WriteAllText(
            runs.At("classical.yaml"),
            """
            method: classical
            input: {masks: column, height: 48, width: 48}
            features: {sets: [colour-histogram+lbp]}
            forest: {trees: 20}
            """
        );
        File.WriteAllText(
            runs.At("study.yaml"),
            """
            study: networks and others
            split: {folds: 2, validation_share: 0.34}
            inputs: [masked]
            models:
              gated: {recipe: small.yaml, with: {training: {epochs: 1}}}
              1-NN: {recipe: classical.yaml, with: {classifier: nearest-neighbour}, inputs: [raw]}
              RF: {recipe: classical.yaml, with: {classifier: random-forest}}
            """
        );
        var (code, _, errors) = await ProgramProcess.Run(Arguments);
        Assert.True(code == 0, errors);
        var report = File.ReadAllText(Path.Combine(Folder, "runs", "rf-masked", "report.html"));
        Assert.Contains("trees=20 depth=25 least=10", report);
        Assert.DoesNotContain("hardly moved", report);
        var table = File.ReadAllText(Path.Combine(Folder, "table.md"));
        Assert.Matches(@"\| 1-NN +\| raw +\| 2/2 +\| \d\.\d{3} ± \d\.\d{3} ", table);
        Assert.Matches(@"\| RF +\| masked +\| 2/2 .*\| – +\| \d+\.\d ", table);
    }

    [Fact]
    public async Task A_cell_that_fails_is_named_with_its_reason_and_the_others_are_done()
    {
        File.AppendAllText(
            runs.At("study.yaml"),
            "\n  vast: {recipe: small.yaml, with: {training: {batch: 65000}, input: {height: 768, width: 768}}}\n"
        );
        var (code, _, errors) = await ProgramProcess.Run(Arguments);
        Assert.Equal(1, code);
        Assert.Contains("error: vast, masked, part 1: error: training.batch is 65000", errors);
        Assert.Matches(@"\| vast +\| masked +\| 0/2 +\| –", File.ReadAllText(Path.Combine(Folder, "table.md")));
        Assert.Matches(@"\| plain +\| masked +\| 2/2 ", File.ReadAllText(Path.Combine(Folder, "table.md")));
    }
}
