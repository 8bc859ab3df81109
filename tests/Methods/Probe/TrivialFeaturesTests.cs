using Coverslip.Learning.Features;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Tests;
using Coverslip.Methods.Probe;
using Coverslip.Methods.Tests.SelfSupervised;
using Coverslip.Torch;

namespace Coverslip.Methods.Tests.Probe;

/// <summary>Probes that know almost nothing of an image: what every study's models have to beat.</summary>
[Torch.Tests.NoTensorLeaks]
public sealed class TrivialFeaturesTests(SmallCohort small) : IClassFixture<SmallCohort>
{
    [Fact]
    public void Who_knows_nothing_says_the_shares_of_the_classes_in_training()
    {
        var (fitted, told) = Fit("features: {kind: none}\nprobe: {balanced: false, calibrated: false}");
        double[] shares =
        [
            .. Enumerable
                .Range(0, 2)
                .Select(c => fitted.Training.Count(p => p.Label == c) / (double)fitted.Training.Count),
        ];
        Assert.All(told, p => Assert.Equal(shares[1], p[1], 1e-6));
        Assert.Single(told.Select(p => p[1]).Distinct());
    }

    [Fact]
    public void Brightness_alone_orders_images_by_their_brightness()
    {
        var (fitted, told) = Fit("features: {kind: brightness}\nprobe: {c: 1}");
        double[] bright =
        [
            .. fitted.Training.Select(p => fitted.Set.Pixels(p).Where((_, i) => i % 4 != 3).Average(v => v / 255.0)),
        ];
        Assert.Equal(
            bright.Index().OrderBy(b => b.Item).Select(b => b.Index),
            told[0][1] < told[^1][1] == bright[0] < bright[^1]
                ? told.Index().OrderBy(p => p.Item[1]).Select(p => p.Index)
                : told.Index().OrderByDescending(p => p.Item[1]).Select(p => p.Index)
        );
        Assert.Equal(
            [0.5],
            new Brightness().Describe(new PatchPixels([0, 0, 0, 1, 255, 255, 255, 1, 9, 9, 9, 0], 1, 3))
        );
    }

    [Fact]
    public void A_histogram_alone_needs_no_network()
    {
        var recipe = Read("features: {kind: color-histogram}\nfit_cohort: true");
        Assert.Empty(recipe.Needs);
        Assert.Equal(["input.height=96", "input.width=96"], recipe.Fit(small.Cohort).Select(s => s.Setting));
        using var model = new ProbeModel(recipe, 2, Device.Cpu);
        var (fitted, _) = Fit("features: {kind: color-histogram}");
        Assert.Null(model.Features(new PredictionTask(fitted.Set, fitted.Training)));
        Assert.Equal(["resnet-18"], Read("").Needs);
        Assert.Equal(["/data/uni.pth"], Read("features: {encoder: uni=/data/uni.pth}").Needs);
    }

    [Theory]
    [InlineData(
        "layers: [layer3]",
        "features.layers is 'layer3'; it is of an encoder, and features.kind is brightness"
    )]
    [InlineData("histogram: true", "features.histogram is 'true'")]
    public void What_is_of_an_encoder_is_refused_without_one(string key, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<RecipeException>(() => Read($"features: {{kind: brightness, {key}}}")).Message
        );

    private static ProbeRecipe Read(string text) =>
        (ProbeRecipe)Known.Methods.Parse($"method: probe\n{text}", "probe.yaml");

    private (FitTask Task, IReadOnlyList<double[]> Told) Fit(string text)
    {
        var recipe = Read(text + "\ninput: {height: 32, width: 32}");
        var set = new PatchSet(small.Cohort, recipe.Input, null);
        var task = new FitTask(set, set.Patches, [], 1);
        var folder = Directory.CreateTempSubdirectory("coverslip-");
        try
        {
            using var model = new ProbeModel(recipe, 2, Device.Cpu);
            model.Fit(task, new RunFolder(folder.FullName), new SmallMasks.Silent(), default);
            return (task, model.Probabilities(new PredictionTask(set, set.Patches)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
