using Coverslip.Evaluation.Metrics;
using Coverslip.Methods.SagaNet;
using Coverslip.Methods.Studies;
using Coverslip.Methods.Training;

namespace Coverslip.Methods.Tests.Studies;

public sealed class StudyRecipeTests : IDisposable
{
    private const string Models =
        "models: {A: {recipe: base.yaml}, B: {recipe: base.yaml, with: {training: {rate: 2e-3}, network: {gated: false}}}}\n";
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public StudyRecipeTests() =>
        File.WriteAllText(
            Path.Combine(folder, "base.yaml"),
            """
            method: saganet
            input: {form: masked, height: 64, width: 64}
            training: {epochs: 5, rate: 1e-4, batch: 2}
            """
        );

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_run_is_the_recipe_under_what_is_common_under_the_models_own_under_the_input()
    {
        var study = Load(
            "study: s\nmetric: auc\nagainst: B\ninputs: [raw, masked]\ncommon: {training: {rate: 3e-3, epochs: 7}}\n"
                + Models
        );
        Assert.Equal(["a-raw", "a-masked", "b-raw", "b-masked"], study.Runs.Select(r => r.Name));
        Assert.Equal((Metric.Auc, "B", "s"), (study.Metric, study.Against, study.Title));
        var last = Assert.IsType<SagaNetRecipe>(study.Runs[2].Recipe);
        Assert.Equal((InputForm.Raw, 64, false), (last.Input.Form, last.Input.Height, last.Network.Gated));
        Assert.Equal((7, 2e-3, 2), (last.Training.Epochs, last.Training.Rate, last.Training.Batch));
        Assert.Equal(3e-3, ((SagaNetRecipe)study.Runs[0].Recipe).Training.Rate);
        Assert.Contains("mask_rules: /x/rules.json", study.Runs[3].WithMaskRules("/x/rules.json"));
    }

    [Theory]
    [InlineData("against: C\n" + Models, "against is 'C'; the nearest model is 'A'")]
    [InlineData("inputs: [grey]\n" + Models, "inputs is 'grey'; expected are recipe, raw, masked, mask-channel")]
    [InlineData("model: 1\n" + Models, "unknown key 'model'; the nearest known one is 'models'")]
    [InlineData("models: {A: {recipe: none.yaml}}\n", "models.A.recipe is 'none.yaml'; there is no file")]
    [InlineData(
        "models: {A: {recipe: base.yaml, whith: {}}}\n",
        "unknown key 'models.A.whith'; the nearest known one is 'models.A.with'"
    )]
    [InlineData(
        "models: {A: {recipe: base.yaml, with: {network: {growht: 3}}}}\n",
        "A, recipe: unknown key 'network.growht'; the nearest known one is 'network.growth'"
    )]
    [InlineData(
        "models: {A b: {recipe: base.yaml}, A-b: {recipe: base.yaml}}\n",
        "two models would share the folder 'a-b-recipe'"
    )]
    [InlineData("metric: speed\n" + Models, "metric is 'speed'; expected is one of accuracy")]
    public void What_cannot_be_run_is_refused_with_the_key(string text, string message) =>
        Assert.Contains(message, Assert.Throws<RecipeException>(() => Load("study: s\n" + text)).Message);

    private StudyRecipe Load(string text)
    {
        var path = Path.Combine(folder, "study.yaml");
        File.WriteAllText(path, text);
        return StudyRecipe.Load(path);
    }
}
