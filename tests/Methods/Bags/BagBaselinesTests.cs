using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Tests;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.Bags;

/// <summary>Trivial models beside bags are judged bag by bag, and know what there is to know without a model of tissue.</summary>
[NoTensorLeaks]
public sealed class BagBaselinesTests(SmallCohort images, BagCohort features, TinySlides slides)
    : IClassFixture<SmallCohort>,
        IClassFixture<BagCohort>,
        IClassFixture<TinySlides>,
        ITrainingProgress
{
    private const string OfPatients = "method: bags\ninput: {height: 48, width: 48}\nbags: {of: patient}";

    [Fact]
    public void Only_those_of_bags_stand_beside_bags()
    {
        var bags = Known.Methods.Parse(OfPatients, "r.yaml");
        Assert.Equal(
            ["majority class of bags", "mean color of bags"],
            Known.Methods.All.SelectMany(m => m.Baselines(bags)).Select(b => b.Name)
        );
        var probe = Known.Methods.Parse("method: probe", "r.yaml");
        Assert.Contains("majority class", Known.Methods.All.SelectMany(m => m.Baselines(probe)).Select(b => b.Name));
    }

    [Fact]
    public void Patients_images_are_told_by_their_shares_or_their_color_a_row_to_each_patient()
    {
        foreach (var baseline in Baselines(OfPatients))
        {
            var said = Train(baseline, images.Cohort);
            Assert.Equal(8, said.Rows.Count);
            Assert.Equal(8, said.Rows.Select(r => r.Patient).Distinct().Count());
        }
    }

    [Fact]
    public void Files_of_features_have_no_color_and_the_reason_is_said()
    {
        var (majority, color) = (Baselines("method: bags")[0], Baselines("method: bags")[1]);
        var said = Train(majority, features.Cohort);
        Assert.Equal(24, said.Rows.Count);
        // Nothing is known of a bag: all of a part's have the same probability, the share of the class in training.
        Assert.InRange(said.Rows.Select(r => Math.Round(r.Probabilities[1], 4)).Distinct().Count(), 1, 2);
        Assert.All(said.Rows, r => Assert.InRange(r.Probabilities[1], 0.3, 0.7));
        var recipe = Known.Methods.Parse(color.Text, color.Name);
        Assert.Null(Known.Methods.Parse(majority.Text, majority.Name).UnfitFor(features.Cohort));
        Assert.Contains("files of features hold no pixels", recipe.UnfitFor(features.Cohort));
        var error = Assert.Throws<InvalidDataException>(() =>
            recipe.Prepare(new Preparation(features.Cohort, Device.Cpu))
        );
        Assert.Contains("features.kind is mean-color", error.Message);
    }

    [Fact]
    public void Slides_are_told_by_the_color_of_their_tissue()
    {
        var said = Train(Baselines("method: bags")[1], slides.Cohort);
        Assert.Equal(8, said.Rows.Count);
        Assert.True(said.Rows.Select(r => Math.Round(r.Probabilities[1], 4)).Distinct().Count() > 4);
    }

    [Fact]
    public void A_network_over_what_a_trivial_model_knows_is_refused()
    {
        var error = Assert.Throws<Learning.Recipes.RecipeException>(() =>
            Known.Methods.Parse("method: bags\nfeatures: {kind: mean-color}", "r.yaml")
        );
        Assert.Contains("expected is mean or max", error.Message);
    }

    private static Baseline[] Baselines(string text) =>
        [.. Known.Methods.All.SelectMany(m => m.Baselines(Known.Methods.Parse(text, "r.yaml")))];

    private Predictions Train(Baseline baseline, Cohort cohort)
    {
        var folder = Directory.CreateTempSubdirectory("coverslip-").FullName;
        try
        {
            var recipe = Known.Methods.Parse(baseline.Text, baseline.Name);
            File.WriteAllText(Path.Combine(folder, "recipe.yaml"), baseline.Text);
            SplitPart[] parts = [.. KFoldSplits.Draw(cohort.PatientImages, 2, 0.34, 1)];
            var split = new Split(SplitKind.KFold, cohort.Hash, 1, parts);
            using var data = recipe.Prepare(new Preparation(cohort, Device.Cpu));
            new TrainingSession(new SessionInput(recipe, data, split, Device.Cpu), folder, _ => this).Run();
            var tested = Predictions.Read(Path.Combine(folder, "predictions.csv"));
            using var model = TrainedModel.Load(folder, Known.Methods, Device.Cpu);
            var together = (IPredictsTogether)model.Recipe;
            Assert.True(together.TakesTogether(cohort));
            var again = together.PredictTogether(model, new TogetherTask(cohort, folder), CancellationToken.None);
            Assert.Equal(tested.Rows.Select(r => r.Image).Order(), again.Rows.Select(r => r.Image).Order());
            return tested;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    void ITrainingProgress.Step(int epoch, int step, int steps, MeanLoss soFar) { }

    void ITrainingProgress.Epoch(EpochRow row, RunState state) { }
}
