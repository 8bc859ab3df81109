using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Studies;
using Coverslip.Methods.SelfSupervised;
using Coverslip.Tests;

namespace Coverslip.Methods.Tests.SelfSupervised;

/// <summary>The method's recipes and what they refuse.</summary>
public sealed class SelfSupervisedRecipeTests
{
    [Fact]
    public void Without_any_key_it_is_the_published_one()
    {
        var bare = (SelfSupervisedRecipe)Known.Methods.Parse("method: self-supervised", "bare.yaml");
        var published = (SelfSupervisedRecipe)Known.Methods.Load(PathOf("selfsupervised.yaml"));
        Assert.Equal((64, 4, 300), (bare.Network.Width, bare.Network.Depth, bare.Input.Width));
        Assert.Equal([0], bare.Network.WithoutSkip);
        Assert.Equal([0], bare.FineTunedWithoutSkip);
        Assert.Equal((6667, 200, 8), (bare.Windows.Unlabeled, bare.Windows.Labeled, bare.Windows.Repeats));
        Assert.Equal(bare.Training, published.Training);
        Assert.Equal(bare.Pretraining, published.Pretraining);
        Assert.Equal(bare.Loss, published.Loss);
        Assert.Equal(
            0,
            ((SelfSupervisedRecipe)Known.Methods.Load(PathOf("selfsupervised-segmentation-only.yaml")))
                .Loss
                .ReconstructionWeight
        );
    }

    [Theory]
    [InlineData("input: {form: masked}", "masks are what is learned")]
    [InlineData("input: {width: 64}", "windows are square; width is 64")]
    [InlineData("input: {width: 16, height: 16}\nnetwork: {depth: 5}", "expected are at least 32")]
    [InlineData("network: {without_skips: [4]}", "expected are whole numbers from 0 to 3")]
    [InlineData("pretraining: {best_by: auc}", "a reconstruction has a loss only")]
    [InlineData("pretraining: {epochs: 0, compare_skips: true}", "there is nothing to compare")]
    [InlineData("patches: {center: 301}", "the window has 300 pixels")]
    [InlineData("patches: {stride: 10}", "expected is 15 to 300")]
    [InlineData("loss: {reconstruction: 1}", "nearest known one is 'loss.reconstruction_weight'")]
    [InlineData("training: {epochs: 0}", "from 1 to")]
    public void What_makes_no_sense_is_refused_with_the_key(string text, string expected)
    {
        var error = Assert.Throws<RecipeException>(() =>
            Known.Methods.Parse($"method: self-supervised\n{text}", "wrong.yaml")
        );
        Assert.Contains(expected, error.Message);
    }

    [Theory]
    [InlineData("selfsupervised-figure3.yaml", new double[] { 40, 80, 120, 200 })]
    [InlineData("selfsupervised-figure3-small.yaml", new double[] { 8, 16, 24, 40 })]
    public void Each_size_of_figure_3_stands_with_and_without_and_is_tested_against_its_own(string file, double[] sizes)
    {
        var study = StudyRecipe.Load(PathOf(file), Known.Methods);
        foreach (var line in (string[])["with", "without"])
            Assert.Equal(sizes, study.Runs.Where(r => r.Point?.Line == line).Select(r => r.Point!.Value.At).Order());
        foreach (var run in study.Runs.Where(r => r.Point is not null))
        {
            var recipe = (SelfSupervisedRecipe)run.Recipe;
            Assert.Equal(run.Point!.Value.At, recipe.Windows.Labeled);
            var pretrained = run.Point.Value.Line == "with";
            Assert.Equal(pretrained, recipe.Pretraining.Training.Epochs > 0);
            Assert.Equal(pretrained ? $"{run.Point.Value.At} without" : null, study.AgainstOf(run));
        }
    }

    [Fact]
    public void Examples_of_an_epoch_are_those_of_the_stage()
    {
        using var masks = new SmallMasks();
        var part = KFoldSplits.Draw(masks.Cohort.PatientImages, 2, 0.3, 1)[0];
        INetworkRecipe recipe = SmallMasks.Recipe();
        Assert.Equal(6 * 2, recipe.EpochExamples(masks.Cohort, part));
        Assert.Equal(["pretraining", "training"], recipe.Stages.Select(s => s.Section));
        Assert.Equal(12, recipe.Stages[0].Recipe.EpochExamples(masks.Cohort, part));
        Assert.Single(recipe.Stages[0].Recipe.Stages);
        INetworkRecipe bare = SmallMasks.Recipe("pretraining: {epochs: 0}");
        Assert.Single(bare.Stages);
    }

    private static string PathOf(string name) => Path.Combine(TestData.Root, "recipes", name);
}
