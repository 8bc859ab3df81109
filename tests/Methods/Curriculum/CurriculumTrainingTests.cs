using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.Curriculum;

/// <summary>Whole trainings on a few phantom radiographs: both steps, what they leave behind, stop and resume.</summary>
[NoTensorLeaks]
public sealed class CurriculumTrainingTests(SmallChests chests) : IClassFixture<SmallChests>
{
    private static CancellationToken None => TestContext.Current.CancellationToken;

    [Fact]
    public void A_run_leaves_both_steps_predictions_and_places()
    {
        var (tested, watched) = chests.Whole;
        Assert.Equal([("patches", 2), ("whole images", 2)], watched.Stages);
        Assert.Equal(4, watched.Epochs);
        Assert.True(tested.MultiLabel);
        Assert.Equal(5, tested.Classes.Count);
        Assert.Contains(tested.Rows, r => Math.Abs(r.Probabilities.Sum() - 1) > 0.05);
        var run = chests.At("whole");
        Assert.True(File.Exists(Path.Combine(run, "patches", "best.safetensors")));
        var description = RunDescription.Read(Path.Combine(run, "run.json"));
        Assert.Equal(5, description.Thresholds!.Count);
        Assert.Equal(1, description.SourceChannels);
        foreach (var row in tested.Rows)
            Assert.Equal(
                CohortFile.Join(tested.Classes.Where((_, f) => row.Probabilities[f] >= description.Thresholds[f])),
                row.Predicted
            );
        var seen = ActivationFile.Read(Path.Combine(run, "activations.csv"));
        Assert.Equal(5 * tested.Rows.Count, seen.Count);
        Assert.All(seen, a => Assert.True(a.PeakX is > 0 and < 96 && a.PeakY is > 0 and < 96));
        Assert.All(seen.Where(a => a.Area is not null), a => Assert.True(a.Area!.Value.Holds(a.PeakX, a.PeakY)));

        // The mean over several findings has an AUC; loaded again, the model says the same.
        Assert.NotNull(FindingEvaluation.Of(tested, new EvaluationOptions { Bootstrap = 20 }).MeanAuc.Value);
        using var scope = new TensorScope();
        using var model = TrainedModel.Load(run, Known.Methods, Device.Cpu);
        var cohort = chests.Cohort(model.Recipe);
        var again = model.Predict(new PatchSet(cohort, model.Recipe.Input, null), 4);
        var all = again.Rows.ToDictionary(r => r.Image);
        foreach (var row in tested.Rows)
        {
            Assert.Equal(row.Predicted, all[row.Image].Predicted);
            for (var f = 0; f < 5; f++)
                Assert.Equal(row.Probabilities[f], all[row.Image].Probabilities[f], 1e-4);
        }
    }

    [Fact]
    public void What_a_run_will_need_is_known_of_both_steps()
    {
        var recipe = SmallChests.Read();
        var cohort = chests.Cohort(recipe);
        var part = KFoldSplits.Draw(cohort.PatientImages, 3, 0.3, 1)[0];
        var first = recipe.Stages[0];
        Assert.Equal("patches", first.Section);
        Assert.Equal((32, 32), (first.Recipe.Input.Height, first.Recipe.Input.Width));
        Assert.Equal(["patches", "training"], recipe.Stages.Select(s => s.Section));
        Assert.Single(first.Recipe.Stages);
        Assert.Single(SmallChests.Read("patches.epochs=0").Stages);
        Assert.Equal(part.Rows(cohort, SplitSide.Train).Count, recipe.EpochExamples(cohort, part));
        _ = chests.Whole;
        var cut = Cohort.Load(Path.Combine(chests.At("whole"), "patches", "cohort.csv"), CohortChecks.Table);
        // Patches that an image's edge pushed off their lesion, and healthy ones without a place, are counted before.
        var patches = cut.Rows.Count(r => cut.Further(r, "side") == "train");
        Assert.InRange(first.Recipe.EpochExamples(cohort, part)!.Value, patches, 1.5 * patches);
    }

    [Fact]
    public void Patients_of_the_patches_are_those_of_the_part()
    {
        _ = chests.Whole;
        var cut = Cohort.Load(Path.Combine(chests.At("whole"), "patches", "cohort.csv"), CohortChecks.Table);
        var tested = Predictions.Read(Path.Combine(chests.At("whole"), "predictions.csv"));
        var validated = Predictions.Read(Path.Combine(chests.At("whole"), "validation.csv"));
        Assert.Empty(cut.Rows.Select(r => r.Patient).Intersect(tested.Rows.Select(r => r.Patient)));
        string[] Of(string side) =>
            [.. cut.Rows.Where(r => cut.Further(r, "side") == side).Select(r => r.Patient).Distinct()];
        Assert.Subset(validated.Rows.Select(r => r.Patient).ToHashSet(), Of("validation").ToHashSet());
        Assert.Empty(Of("train").Intersect(Of("validation")));
        var train = cut.Rows.Where(r => cut.Further(r, "side") == "train").ToArray();
        Assert.InRange(train.Count(r => r.Findings!.Count == 0) / (double)train.Length, 0.4, 0.5);
    }

    [Theory]
    [InlineData(1)] // in the middle of the first step
    [InlineData(3)] // in the middle of the second
    public void A_stopped_run_goes_on_to_the_same_numbers(int epochs)
    {
        _ = chests.Whole;
        using var stop = new CancellationTokenSource();
        var name = $"stopped-{epochs}";
        Assert.Throws<OperationCanceledException>(() =>
            chests.Train(name, stop.Token, new WatchedTraining { OnEpoch = n => Cancel(n, epochs, stop) })
        );
        chests.Train(name, None, new WatchedTraining());
        foreach (var file in new[] { "metrics.csv", "patches/metrics.csv" })
            Assert.Equal(Losses(Path.Combine(chests.At("whole"), file)), Losses(Path.Combine(chests.At(name), file)));
        Assert.Equal(
            File.ReadAllText(Path.Combine(chests.At("whole"), "predictions.csv")),
            File.ReadAllText(Path.Combine(chests.At(name), "predictions.csv"))
        );
    }

    [Fact]
    public void Without_patches_it_is_the_baseline_and_needs_no_boxes()
    {
        var watched = new WatchedTraining();
        chests.Train("baseline", None, watched, "patches.epochs=0", "patches.boxes=missing.csv");
        Assert.Empty(watched.Stages);
        Assert.False(Directory.Exists(Path.Combine(chests.At("baseline"), "patches")));
    }

    [Fact]
    public void A_missing_boxes_file_is_told_with_the_way_out()
    {
        var error = Assert.Throws<RecipeException>(() =>
            chests.Train("no-boxes", None, new WatchedTraining(), "patches.boxes=missing.csv")
        );
        Assert.Contains("patches.boxes is 'missing.csv'", error.Message);
        Assert.Contains("patches.epochs: 0", error.Message);
    }

    [Fact]
    public void The_second_step_begins_where_the_first_ended()
    {
        // With a rate of nothing the second step leaves what patches taught.
        chests.Train("kept", None, new WatchedTraining(), "training.rate=0", "patches.rate=0.001", "training.epochs=1");
        using var scope = new TensorScope();
        var (first, second) = (Weights("kept/patches/best.safetensors"), Weights("kept/best.safetensors"));
        foreach (var (key, value) in first.Where(p => p.Key.EndsWith("weight", StringComparison.Ordinal)))
            Assert.Equal(0, (value - second[key]).Abs().Max().Item());
    }

    [Fact]
    public void Another_runs_network_can_be_the_beginning()
    {
        chests.Train("teacher", None, new WatchedTraining(), "patches.epochs=0", "training.epochs=1");
        chests.Train(
            "pupil",
            None,
            new WatchedTraining(),
            "patches.epochs=0",
            "training.epochs=1",
            "training.rate=0",
            $"network.weights={chests.At("teacher")}",
            "network.scaling=unit"
        );
        using var scope = new TensorScope();
        var (teacher, pupil) = (Weights("teacher/best.safetensors"), Weights("pupil/best.safetensors"));
        foreach (var (key, value) in teacher.Where(p => p.Key.StartsWith("backbone.") && p.Key.EndsWith("weight")))
            Assert.Equal(0, (value - pupil[key]).Abs().Max().Item());
    }

    private Dictionary<string, Tensor> Weights(string file) => Torch.Checkpoints.SafeTensors.Read(chests.At(file));

    private static void Cancel(int epoch, int after, CancellationTokenSource stop)
    {
        if (epoch == after)
            stop.Cancel();
    }

    private static string[] Losses(string file) =>
        [.. File.ReadAllLines(file).Select(l => string.Join(',', l.Split(',').Where((_, i) => i != 1)))];
}
