namespace Coverslip.App.Tests.Commands;

/// <summary>A study of the self-supervised method: its curve and what its cells share.</summary>
[Collection("console")]
public sealed class SelfSupervisedStudyTests : IDisposable
{
    private const string Study = """
        study: sizes
        metric: pixel-f1
        also: [pixel-precision, reconstruction-error]
        curve: annotated windows
        against: none
        split: {folds: 2, validation_share: 0.34}
        common: {pretraining: {compare_skips: false}}
        models:
          4 without: {recipe: masks.yaml, line: without, at: 4, with: {pretraining: {epochs: 0}}}
          4 with: {recipe: masks.yaml, line: with, at: 4, against: 4 without}
          8 with: {recipe: masks.yaml, line: with, at: 8, against: 4 with, with: {patches: {labeled: 8}}}
        """;
    private readonly PhantomRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public void A_study_draws_a_curve_over_the_size_of_the_set_and_pre_trains_once_per_fold()
    {
        File.WriteAllText(runs.At("masks.yaml"), SelfSupervisedVerbsTests.Recipe);
        File.WriteAllText(runs.At("study.yaml"), Study);
        var (code, told, errors) = VerbCall.Run([
            "study",
            runs.At("study.yaml"),
            "--cohort",
            runs.CohortFile,
            "--out",
            runs.At("study"),
            "--jobs",
            "0",
        ]);
        Assert.True(code == 0, errors);
        Assert.Contains("4 with against 4 without; 8 with against 4 with", told);
        foreach (var name in (string[])["all foreground", "Otsu on brightness", "pixel color"])
            Assert.Matches($@"\| {name} +\| recipe +\| 2/2 ", told);
        Assert.Contains("| without: pixel f1 | without: pixel precision |", told);
        Assert.Equal(2, Directory.GetDirectories(runs.At("study/shared"), "pretraining-*").Length);
        var points = File.ReadAllLines(runs.At("study/curve.csv"));
        Assert.Equal(1 + (3 * 3 * 2), points.Length);
        Assert.StartsWith(",without,4,pixel_f1,1,0.", points[1]);
        var page = File.ReadAllText(runs.At("study/study.html"));
        Assert.Contains("pixel f1 by annotated windows", page);
        var table = File.ReadAllLines(runs.At("study/table.csv"));
        // Only models that have an opponent are tested.
        var difference = Array.IndexOf(table[0].Split(','), "difference");
        Assert.Equal("", table[1].Split(',')[difference]);
        Assert.NotEqual("", table[2].Split(',')[difference]);
    }
}
