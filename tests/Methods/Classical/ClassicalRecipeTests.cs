using Coverslip.Learning.Features;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Recipes;
using Coverslip.Methods.Classical;

namespace Coverslip.Methods.Tests.Classical;

/// <summary>What a recipe of the method may say.</summary>
public sealed class ClassicalRecipeTests
{
    [Fact]
    public void What_is_left_out_has_a_default()
    {
        var recipe = Read("");
        Assert.Equal(
            (ClassifierKind.Svm, BestBy.Accuracy, InputForm.Raw, 460, 700),
            (recipe.Classifier, recipe.SelectBy, recipe.Input.Form, recipe.Input.Height, recipe.Input.Width)
        );
        Assert.Equal(["pftas"], recipe.Features.Sets);
        Assert.Equal(6, recipe.Settings.Count);
        Assert.Equal(new SupportVectorMachineSettings(1, 0.1), recipe.Settings[0]);
    }

    [Fact]
    public void Lists_are_grids_and_only_the_chosen_classifiers_count()
    {
        const string text =
            "svm: {c: 3, gamma: [0.5, 2]}\nqda: {shrinkage: 0.3, components: 7}\nforest: {trees: 9, least: [4]}";
        Assert.Equal(
            [new SupportVectorMachineSettings(3, 0.5), new SupportVectorMachineSettings(3, 2)],
            Read(text).Settings
        );
        Assert.Equal([new QuadraticDiscriminantSettings(0.3, 7)], Read($"classifier: qda\n{text}").Settings);
        Assert.Equal([new RandomForestSettings(9, 25, 4)], Read($"classifier: random-forest\n{text}").Settings);
        Assert.Equal([new NearestNeighborSettings()], Read($"classifier: nearest-neighbor\n{text}").Settings);
    }

    [Theory]
    [InlineData("classifier: lda", "classifier is 'lda'; expected is one of nearest-neighbor, qda, random-forest, svm")]
    [InlineData("svm: {c: [1, 0]}", "svm.c is '0'; expected are a number or a list of numbers from 1e-9 to 1000000000")]
    [InlineData("svm: {cost: 1}", "unknown key 'svm.cost'; the nearest known one is 'svm.c'")]
    [InlineData("qda: {shrinkage: 2}", "qda.shrinkage is '2'; expected are a number or a list of numbers from 0 to 1")]
    [InlineData("features: {sets: [pftas+lbp]}", "features.sets is 'pftas+lbp'; expected are color-histogram, lbp,")]
    [InlineData(
        "input: {form: mask-channel}",
        "input.form is 'mask-channel'; a mask is no feature; expected is masked"
    )]
    [InlineData("input: {standardize: true}", "input.standardize is 'true'; features are scaled, not pixels")]
    [InlineData("training: {epochs: 3}", "unknown key 'training'; the nearest known one is")]
    public void What_cannot_be_is_refused(string text, string message) =>
        Assert.Contains(message, Assert.Throws<RecipeException>(() => Read(text)).Message);

    private static ClassicalRecipe Read(string text) =>
        Assert.IsType<ClassicalRecipe>(Known.Methods.Parse($"method: classical\n{text}", "r.yaml"));
}
