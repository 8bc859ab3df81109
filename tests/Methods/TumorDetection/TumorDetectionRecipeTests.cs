using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Methods.TumorDetection;

namespace Coverslip.Methods.Tests.TumorDetection;

public sealed class TumorDetectionRecipeTests
{
    [Fact]
    public void An_empty_recipe_is_the_published_one()
    {
        var recipe = (TumorDetectionRecipe)Known.Methods.Parse("method: tumor-detection", "r.yaml");
        Assert.Equal(
            ("inception-v3", 1.0, 1.0),
            (recipe.Network.Kind.Name, recipe.Network.Width, recipe.Network.Context)
        );
        Assert.Equal((299, 299, InputForm.Raw), (recipe.Input.Width, recipe.Input.Height, recipe.Input.Form));
        var t = recipe.Training;
        Assert.Equal((32, OptimizerKind.RmsProp, RmsForm.TensorFlow), (t.Batch, t.Optimizer, t.RmsForm));
        Assert.Equal((0.9, 0.9, 1.0, 0.05), (t.Momentum, t.SquareDecay, t.Epsilon, t.Rate));
        Assert.Equal((RateSchedule.Step, 0.5, 2_000_000), (t.Schedule, t.Factor, t.EveryExamples));
        var a = recipe.Augmentation;
        Assert.True(a.Orientations);
        Assert.Equal((ColorChange.TensorFlow, 64 / 255.0, 0.25), (a.Colors, a.Brightness, a.Saturation));
        Assert.Equal((0.04, 0.75, 8), (a.Hue, a.Contrast, a.Shift));
        Assert.Equal((128, 128), (recipe.Patches.Center, recipe.Test.Stride));
        Assert.True(recipe.Test.Orientations);
        Assert.Equal((65_536, 65_536L), (recipe.Patches.Examples, recipe.KnownEpoch));
        var all = (TumorDetectionRecipe)
            Known.Methods.Parse("method: tumor-detection\npatches: {examples: all}", "r.yaml");
        Assert.Equal((0, (long?)null), (all.Patches.Examples, all.KnownEpoch));
        Assert.Equal([1.0], ((INetworkRecipe)recipe).Views);
        Assert.Equal([1.0, 4.0], ((INetworkRecipe)TumorDetectionClassifierTests.Recipe("network: {context: 4}")).Views);
    }

    [Theory]
    [InlineData("input: {form: masked}", "input.form is 'masked'; slides have no masks")]
    [InlineData("input: {width: 200}", "input.height is '299'; windows of slides are square; input.width is 200")]
    [InlineData("input: {width: 64, height: 64}\npatches: {center: 20, stride: 20}", "inception-v3 needs at least 75")]
    [InlineData("patches: {center: 300}", "patches.center is '300'; the window has 299 pixels")]
    [InlineData("patches: {stride: 4}", "patches.stride is '4'; expected is 15 to 299")]
    [InlineData(
        "patches: {examples: some}",
        "patches.examples is 'some'; expected is a whole number from 2 to 2147483647, or all"
    )]
    [InlineData("mislabel: {share: 0.1, slides: 2}", "mislabel.slides is '2'; share is 0.1 already; keep one of them")]
    [InlineData("network: {name: inception-v2}", "the nearest known one is 'inception-v3'")]
    [InlineData("network: {contxt: 2}", "unknown key 'network.contxt'; the nearest known one is 'network.context'")]
    public void What_cannot_be_used_is_refused_with_the_way_out(string more, string expected)
    {
        var error = Assert.Throws<RecipeException>(() =>
            Known.Methods.Parse($"method: tumor-detection\n{more}", "r.yaml")
        );
        Assert.Contains(expected, error.Message);
    }
}
