using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Methods.MultiStage;

namespace Coverslip.Methods.Tests.MultiStage;

/// <summary>What makes two runs' stages one, and what keeps them apart.</summary>
public sealed class StageContentsTests : IDisposable
{
    private const string Recipe = """
        method: multi-stage
        input: {height: 32, width: 32}
        patches: {mpp: 2, side: 64, examples: 64}
        network: {name: mobilenet-v1, width: 0.25, features: 4}
        training: {epochs: 2, batch: 16}
        maps: {side: 16, per_lump: false}
        segmentation: {width: 4, depth: 2, epochs: 2}
        split: {folds: 2, validation_share: 0.34}
        """;
    private static readonly SplitPart Part = new(["A", "B"], ["C"], ["D"]);
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;
    private readonly Cohort cohort;

    public StageContentsTests()
    {
        var file = Path.Combine(folder, "cohort.csv");
        string[] rows = ["a,tumor,A,a.json", "b,normal,B,", "c,tumor,C,", "d,normal,D,d.json"];
        File.WriteAllText(At("a.json"), "tumor at the left");
        File.WriteAllText(At("d.json"), "tumor nowhere");
        File.WriteAllText(file, $"image,label,patient,annotation\n{string.Join('\n', rows)}\n");
        foreach (var row in rows)
            File.WriteAllText(Path.Combine(folder, row[..1]), row); // the cohort's hash is of the files, too
        cohort = Cohort.Load(file, CohortChecks.Table);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("seed", "input: {height: 32, width: 32}", "input: {height: 32, width: 32}", 2)]
    [InlineData("window", "input: {height: 32, width: 32}", "input: {height: 48, width: 48}")]
    [InlineData("resolution", "mpp: 2", "mpp: 1")]
    [InlineData("patch", "side: 64", "side: 96")]
    [InlineData("tissue", "examples: 64", "examples: 64, min_tissue: 0.5")]
    [InlineData("examples", "examples: 64", "examples: 65")]
    [InlineData("sampling", "examples: 64", "examples: 64, sampling: all")]
    [InlineData("classes", "examples: 64", "examples: 64, tumor_classes: invasive")]
    [InlineData("unannotated", "examples: 64", "examples: 64, unannotated_is_normal: true")]
    [InlineData("network", "width: 0.25", "width: 0.5")]
    [InlineData("features", "features: 4", "features: 8")]
    [InlineData("dropout", "features: 4", "features: 4, dropout: 0.5")]
    [InlineData("epochs", "batch: 16", "batch: 8")]
    [InlineData("augmentation", "training:", "augmentation: {shift: 0}\ntraining:")]
    public void What_the_extractor_learns_from_keeps_it_apart(string what, string from, string to, long seed = 1)
    {
        var (before, after) = (Of(Recipe), Of(Recipe.Replace(from, to, StringComparison.Ordinal), seed));
        Assert.True(before.Extractor != after.Extractor, what);
        Assert.True(before.Segmentation != after.Segmentation, what);
    }

    [Theory]
    [InlineData("segmentation: {width: 4", "segmentation: {width: 8")]
    [InlineData("depth: 2, epochs: 2", "depth: 2, epochs: 3")]
    [InlineData("maps: {side: 16", "maps: {side: 32")]
    [InlineData("maps: {side: 16", "maps: {stride: 0.5, side: 16")]
    [InlineData("depth: 2, epochs: 2", "depth: 2, epochs: 2, loss: focal")]
    public void Maps_and_their_model_do_not_touch_the_extractor(string from, string to)
    {
        var (before, after) = (Of(Recipe), Of(Recipe.Replace(from, to, StringComparison.Ordinal)));
        Assert.Equal(before.Extractor, after.Extractor);
        Assert.NotEqual(before.Segmentation, after.Segmentation);
    }

    [Fact]
    public void Methods_of_one_seed_have_the_same_stages_whoever_is_tested()
    {
        var separate = Of(Recipe + "\nlearning: separate");
        Assert.Equal(separate, Of(Recipe + "\nlearning: end-to-end\nend_to_end: {epochs: 7}\nstages: {folds: 2}"));
        Assert.Equal(separate.Extractor, Of(Recipe + "\nlearning: classifier").Extractor);
        // What the classifier's probabilities speak of is decided when it is trained.
        var corrected = Recipe.Replace("examples: 64", "examples: 64, prior: slides", StringComparison.Ordinal);
        Assert.Equal(separate.Extractor, Of(corrected + "\nlearning: classifier").Extractor);
        Assert.NotEqual(separate.Extractor, Of(Recipe + "\nlearning: untrained").Extractor);
        Assert.NotEqual(separate.Segmentation, Of(Recipe + "\nlearning: segmentation").Segmentation);
        Assert.Equal(separate, Of(Recipe, part: Part with { Test = ["D", "E"] }));
        Assert.NotEqual(separate.Extractor, Of(Recipe, part: Part with { Train = ["A"] }).Extractor);
        Assert.NotEqual(separate.Extractor, Of(Recipe, part: Part with { Validation = ["E"] }).Extractor);
    }

    [Fact]
    public void Another_annotation_is_another_stage_for_those_who_learn_from_it()
    {
        var before = Of(Recipe);
        File.WriteAllText(At("d.json"), "the tested patient's annotation");
        Assert.Equal(before, Of(Recipe));
        File.WriteAllText(At("a.json"), "tumor at the right");
        var after = Of(Recipe);
        Assert.NotEqual(before.Extractor, after.Extractor);
        Assert.NotEqual(before.Segmentation, after.Segmentation);
        Assert.StartsWith("annotation of a was ", Fingerprint.Difference(before.Extractor, after.Extractor));
    }

    private string At(string name) => Path.Combine(folder, name);

    private (string Extractor, string Segmentation) Of(string text, long seed = 1, SplitPart? part = null)
    {
        var recipe = (MultiStageRecipe)Known.Methods.Parse(text, "test");
        var session = new SessionPart(0, part ?? Part, seed, new RunFolder(folder, make: false));
        var contents = new StageContents(recipe, cohort, sources: [], stain: null);
        return ($"{contents.Extractor(session, default)}", $"{contents.Segmentation(session, default)}");
    }
}
