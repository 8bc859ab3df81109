using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Tests;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.Toy;

/// <summary>What one writes to add a method: a folder, and a line in a list.</summary>
[NoTensorLeaks]
public sealed class ToyMethodTests(SmallCohort small) : IClassFixture<SmallCohort>, ITrainingProgress
{
    private const string Text = """
        method: toy
        input: {height: 48, width: 48}
        spread: 5
        """;

    private static readonly MethodList Methods = new([.. Known.Methods.All, new ToyMethod()]);

    [Fact]
    public void A_method_of_one_folder_is_trained_stored_and_predicts_as_every_other()
    {
        var recipe = Methods.Parse(Text, "toy.yaml");
        var folder = Path.Combine(small.Folder, "toy");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "recipe.yaml"), Text);
        var parts = KFoldSplits.Draw(small.Cohort.PatientImages, 4, 0.34, 1);
        var split = new Split(SplitKind.KFold, small.Cohort.Hash, 1, parts);
        IReadOnlyList<Predictions> tested;
        using (var data = recipe.Prepare(new Preparation(small.Cohort, Device.Cpu)))
            tested = new TrainingSession(new SessionInput(recipe, data, split, Device.Cpu), folder, _ => this).Run();
        Assert.Equal(4, tested.Count);
        Assert.Equal(24, Predictions.Read(Path.Combine(folder, "predictions.csv")).Rows.Count);

        using var trained = TrainedModel.Load(folder, Methods, Device.Cpu);
        Assert.Equal(5, Assert.IsType<ToyRecipe>(trained.Recipe).Spread);
        var patches = new PatchSet(small.Cohort, recipe.Input, null);
        var said = trained.Predict(patches, batch: 8);
        using var scope = new TensorScope();
        var models = Enumerable.Range(0, 4).Select(p => trained.Weights(p)["means"].ToArray<double>()).ToArray();
        foreach (var (row, patch) in said.Rows.Zip(patches.Patches))
        {
            var value = patches.Pixels(patch).Average(v => (double)v);
            var expected = models.Average(m =>
                1 / (1 + Math.Exp((Math.Abs(m[0] - value) - Math.Abs(m[1] - value)) / 5))
            );
            Assert.Equal(expected, row.Probabilities[0], 1e-9);
        }
        var refused = Assert.Throws<InvalidOperationException>(() =>
            trained.Predict(new WindowBatch(new byte[48 * 48 * 4], 1), orientations: false)
        );
        Assert.Equal(
            "this run's method cannot say what a window of a slide shows; its models take image files",
            refused.Message
        );
    }

    [Fact]
    public void Its_keys_are_checked_as_those_of_every_other() =>
        Assert.Contains(
            "spread",
            Assert.Throws<RecipeException>(() => Methods.Parse("method: toy\nspred: 5", "toy.yaml")).Message
        );

    void ITrainingProgress.Step(int epoch, int step, int steps, MeanLoss soFar) { }

    void ITrainingProgress.Epoch(EpochRow row, RunState state) { }
}
