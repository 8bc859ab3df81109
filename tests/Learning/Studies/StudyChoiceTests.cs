using Coverslip.Learning.Recipes;
using Coverslip.Learning.Studies;

namespace Coverslip.Learning.Tests.Studies;

/// <summary>Which model a study's validation patients choose; test figures say the contrary.</summary>
public sealed class StudyChoiceTests : IDisposable
{
    private readonly MadeUpStudy madeUp = new();

    public void Dispose() => madeUp.Dispose();

    [Fact]
    public void The_figure_of_validation_patients_chooses_and_not_that_of_test_patients()
    {
        var study = Study(("SagaNet", [9, 9]), ("First", [4, 4]), ("half", [5, 5]));
        foreach (var (model, right) in (IEnumerable<(string, int)>)[("SagaNet", 6), ("First", 8), ("half", 10)])
        foreach (var part in (int[])[1, 2])
        {
            MadeUpStudy.Write(At("said"), right - part + 1);
            File.Copy(
                Path.Combine(At("said"), "predictions.csv"),
                Path.Combine(At(model), $"part-{part}/validation.csv")
            );
        }
        var choice = Of(study)!;
        Assert.Equal("First", choice.Run.Model); // "half" is a trivial one
        Assert.Equal("mean accuracy of validation patients (SagaNet, raw 0.550, First, raw 0.750)", choice.Why);
    }

    [Fact]
    public void Without_such_a_file_the_best_epochs_choose_and_models_without_epochs_are_named()
    {
        var study = Study(("SagaNet", [9, 9]), ("First", [4, 4]), ("half", [5, 5]));
        Assert.Contains(
            "no model leaves a figure of validation patients",
            Assert.Throws<RecipeException>(() => Of(study)).Message
        );
        // Epoch 1 was kept: the last one's figure is better, and does not count.
        foreach (var part in (int[])[1, 2])
            File.WriteAllText(
                Path.Combine(At("First"), $"part-{part}/metrics.csv"),
                $"epoch,validation_auc\n0,0.5\n1,0.{6 + part}\n2,0.99\n"
            );
        var choice = Of(study)!;
        Assert.Equal("First", choice.Run.Model);
        Assert.Equal(
            "mean validation AUC of the best epoch (First, raw 0.750); without such a figure and not chosen among: SagaNet, raw",
            choice.Why
        );
        File.Delete(Path.Combine(At("SagaNet"), "part-2/run.json"));
        Assert.Null(Of(study));
    }

    private string At(string model) => Path.Combine(madeUp.Folder, model);

    private StudyRecipe Study(params (string Model, int[] Right)[] models) =>
        madeUp.StudyOf(false, [.. models.Select(m => new MadeUpStudy.Made(m.Model, m.Right, m.Model == "half"))]).Study;

    private StudyChoice? Of(StudyRecipe study) => StudyChoice.Of(study, 2, run => At(run.Model));
}
