using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Tests;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.Bags;

/// <summary>A patient's images as a bag, on the encoder in the box.</summary>
[NoTensorLeaks]
public sealed class BagImagesTests(SmallCohort small) : IClassFixture<SmallCohort>, ITrainingProgress
{
    private const string Text = """
        method: bags
        input: {height: 48, width: 48}
        bags: {kind: attention, of: patient, hidden: 8}
        training: {epochs: 2}
        """;

    [Fact]
    public void A_run_on_images_predicts_patients_and_says_which_image_counts()
    {
        var folder = Path.Combine(small.Folder, "run");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "recipe.yaml"), Text);
        var recipe = Known.Methods.Parse(Text, "r.yaml");
        SplitPart[] parts = [.. KFoldSplits.Draw(small.Cohort.PatientImages, 2, 0.34, 1)];
        var split = new Split(SplitKind.KFold, small.Cohort.Hash, 1, parts);
        using (var data = recipe.Prepare(new Preparation(small.Cohort, Device.Cpu)))
        {
            var tested = new TrainingSession(
                new SessionInput(recipe, data, split, Device.Cpu),
                folder,
                _ => this
            ).Run();
            Assert.Equal(8, tested.Sum(t => t.Rows.Count));
        }
        using var model = TrainedModel.Load(folder, Known.Methods, Device.Cpu);
        var seen = model.TrainedOn!.Seen(small.Cohort);
        var looked = 0;
        var said = ((IPredictsTogether)model.Recipe).PredictTogether(
            model,
            new TogetherTask(small.Cohort, folder) { Seen = seen, Check = (_, _) => looked++ },
            CancellationToken.None
        );
        Assert.Equal(24, looked);
        var before = Evaluation.Metrics.Predictions.Read(Path.Combine(folder, "predictions.csv"));
        foreach (var row in before.Rows)
        {
            var again = said.Rows.Single(r => r.Image == row.Image);
            // Who was tested by a part is predicted by it alone.
            Assert.Equal(row.Probabilities[0], again.Probabilities[0], 1e-4);
            Assert.Equal(SeenImage.HeldOut, again.TrainedOn);
        }
        var instances = File.ReadAllLines(Path.Combine(folder, "instances.csv")).Skip(1);
        Assert.Equal(small.Cohort.Rows.Select(r => r.Image), instances.Select(l => l.Split(',')[0]).Order());
    }

    [Fact]
    public void Single_images_are_no_bags()
    {
        var recipe = Known.Methods.Parse("method: bags\ninput: {height: 48, width: 48}", "r.yaml");
        var error = Assert.Throws<InvalidDataException>(() =>
            recipe.Prepare(new Preparation(small.Cohort, Device.Cpu))
        );
        Assert.Contains("set bags.of: patient to put a patient's images together", error.Message);
    }

    void ITrainingProgress.Step(int epoch, int step, int steps, MeanLoss soFar) { }

    void ITrainingProgress.Epoch(EpochRow row, RunState state) { }
}
