using Coverslip.Learning.Inputs;
using Coverslip.Learning.Recipes;
using Coverslip.Methods.Backbone;

namespace Coverslip.Methods.Tests.Backbone;

/// <summary>What a recipe of a published network may say.</summary>
public sealed class BackboneRecipeTests
{
    [Fact]
    public void What_is_left_out_is_as_in_the_paper()
    {
        var parsed = Known.Methods.Parse("method: backbone\nnetwork: {name: inception-v3}", "r.yaml");
        var recipe = Assert.IsType<BackboneRecipe>(parsed);
        var network = recipe.Network;
        Assert.Equal((224, 224, InputForm.Masked), (recipe.Input.Height, recipe.Input.Width, recipe.Input.Form));
        Assert.Equal(("inception-v3", 1.0, ""), (network.Kind.Name, network.Width, network.Weights));
        Assert.Equal((512, 0.5, null), (network.Hidden, network.Dropout, network.FineTuning.Stages));
        Assert.Equal((false, 0.4), (network.Auxiliary, network.AuxiliaryWeight));
        Assert.Equal((300, 4, 5e-6), (recipe.Training.Epochs, recipe.Training.Batch, recipe.Training.Rate));
    }

    [Fact]
    public void Values_reach_their_options()
    {
        var recipe = (BackboneRecipe)
            Known.Methods.Parse(
                """
                method: backbone
                seed: 3
                input: {form: raw, height: 96, width: 128}
                network: {name: mobilenet-v1, width: 0.75, weights: m.pth, trainable: last-four, hidden: 64, dropout: 0.25}
                training: {epochs: 7}
                """,
                "r.yaml"
            );
        var network = recipe.Network;
        Assert.Equal((3, 96, 128, 7), (recipe.Seed, recipe.Input.Height, recipe.Input.Width, recipe.Training.Epochs));
        Assert.Equal((0.75, "m.pth", 0), (network.Width, network.Weights, network.FineTuning.Stages));
        Assert.Equal((64, 0.25), (network.Hidden, network.Dropout));
        var googlenet = (BackboneRecipe)
            Known.Methods.Parse(
                "method: backbone\nnetwork: {name: googlenet, auxiliary: true, auxiliary_weight: 0.3}",
                "r.yaml"
            );
        Assert.Equal((true, 0.3), (googlenet.Network.Auxiliary, googlenet.Network.AuxiliaryWeight));
    }

    [Theory]
    [InlineData("name: resnet50", "network.name is 'resnet50'; the nearest known one is 'resnet-50' of densenet-121, ")]
    [InlineData(
        "hidden: 5",
        "network.name is ''; expected is one of densenet-121, densenet-169, densenet-201, inception-v3, "
    )]
    [InlineData("name: resnet-50, width: 0.5", "network.width is '0.5'; resnet-50 has no width; expected is 1")]
    [InlineData(
        "name: resnet-50, auxiliary: true",
        "network.auxiliary is 'true'; resnet-50 has no auxiliary classifiers; expected is false"
    )]
    [InlineData(
        "name: resnet-50, trainable: last-four",
        "network.trainable is 'last-four'; all below would stay random; set network.weights or train all"
    )]
    [InlineData(
        "name: resnet-50, trainable: some",
        "network.trainable is 'some'; expected is one of all, none, last-four, last-1"
    )]
    [InlineData(
        "name: resnet-50, weight: a.pth",
        "unknown key 'network.weight'; the nearest known one is 'network.weights'"
    )]
    [InlineData(
        "name: inception-v3, auxiliary: true",
        "input.height is '224'; inception-v3 needs at least 299 pixels, or network.auxiliary: false"
    )]
    public void A_mistake_is_refused_with_its_place_and_the_way_out(string network, string message) =>
        // A key that stands nowhere has no line.
        Assert.StartsWith(
            message.StartsWith("input", StringComparison.Ordinal) || message.StartsWith("network.name is ''")
                ? $"r.yaml: {message}"
                : $"r.yaml, line 2: {message}",
            Refused($"network: {{{network}}}")
        );

    [Theory]
    [InlineData(
        "{form: mask-channel}",
        "input.form is 'mask-channel'; published networks take 3 channels; expected is masked or raw"
    )]
    [InlineData("{width: 74}", "input.width is '74'; inception-v3 needs at least 75 pixels")]
    public void An_input_that_no_published_network_takes_is_refused(string input, string message) =>
        Assert.Equal($"r.yaml, line 2: {message}", Refused($"input: {input}\nnetwork: {{name: inception-v3}}"));

    private static string Refused(string text) =>
        Assert.Throws<RecipeException>(() => Known.Methods.Parse($"method: backbone\n{text}", "r.yaml")).Message;
}
