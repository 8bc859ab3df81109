using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
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
            for (var f = 0; f < 5; f++)
                Assert.Equal(row.Probabilities[f], all[row.Image].Probabilities[f], 1e-4);
            // In batches of another size the last digits are others, and so little trained a network says much the same of all.
            if (row.Probabilities.Zip(description.Thresholds).All(p => Math.Abs(p.First - p.Second) > 1e-4))
                Assert.Equal(row.Predicted, all[row.Image].Predicted);
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

    [Theory]
    [InlineData("mixed", "patches and whole images")]
    [InlineData("none", "whole images")]
    public void Controls_take_exactly_as_many_steps_and_go_on_to_the_same_numbers(string order, string stage)
    {
        _ = chests.Whole;
        using var stop = new CancellationTokenSource();
        var watched = new WatchedTraining { OnEpoch = n => Cancel(n, 1, stop) };
        Assert.Throws<OperationCanceledException>(() =>
            chests.Train($"{order}-stopped", stop.Token, watched, $"patches.order={order}")
        );
        Assert.Equal([(stage, 2)], watched.Stages);
        foreach (var name in new[] { order, $"{order}-stopped" })
            chests.Train(name, None, new WatchedTraining(), $"patches.order={order}");
        Assert.Equal(
            Losses(Path.Combine(chests.At(order), "metrics.csv")),
            Losses(Path.Combine(chests.At($"{order}-stopped"), "metrics.csv"))
        );
        RunDescription Of(string name) => RunDescription.Read(Path.Combine(chests.At(name), "run.json"));
        Assert.Equal(Of("whole").Steps, Of(order).Steps);
        Assert.True(Of("whole").Steps > new RunFolder(Path.Combine(chests.At("whole"), "patches")).Reached.Epoch);
        Assert.Equal(order == "mixed", File.Exists(Path.Combine(chests.At(order), "patches", "cohort.csv")));
        Assert.False(File.Exists(Path.Combine(chests.At(order), "patches", "metrics.csv")));
    }

    [Fact]
    public void Whole_images_alone_are_trained_for_the_time_of_a_curriculum()
    {
        _ = chests.Whole;
        var (first, second) = (
            new RunFolder(Path.Combine(chests.At("whole"), "patches")).Reached,
            new RunFolder(chests.At("whole")).Reached
        );
        Assert.True(first.Processor > 0 && second.Processor > 0);
        var epochs = (int)Math.Round((first.Processor + second.Processor) / (second.Processor / second.Epoch));
        var watched = new WatchedTraining();
        string[] timed = ["patches.epochs=0", $"same_time_as={chests.At("whole")}"];
        chests.Train("timed", None, watched, timed);
        Assert.Equal([("whole images", epochs)], watched.Stages);
        Assert.Equal(epochs, watched.Epochs);
        var error = Assert.Throws<RecipeException>(() =>
            chests.Train("no-peer", None, new WatchedTraining(), "patches.epochs=0", "same_time_as=nowhere")
        );
        Assert.Contains("nowhere is no finished training", error.Message);
        error = Assert.Throws<RecipeException>(() =>
            chests.Train("alone", None, new WatchedTraining(), "patches.epochs=0", $"same_time_as={chests.At("timed")}")
        );
        Assert.Contains("does not say how long", error.Message);
        error = Assert.Throws<RecipeException>(() => SmallChests.Read("same_time_as=other"));
        Assert.Contains("patches.epochs: 0", error.Message);
    }

    [Fact]
    public void A_part_keeps_its_figures_and_pictures_of_what_it_is_surest_about()
    {
        var tested = chests.Whole.Tested;
        var figures = RunFigures.Read(chests.At("whole"))!.Figures.ToDictionary(f => f.Key, f => f.Figure);
        Assert.Equal(FindingEvaluation.Of(tested).MeanSensitivity.Value, figures["mean_sensitivity"].Value);
        Assert.Contains("auc_pleural_effusion", figures.Keys);
        Assert.Contains("auc_at_hospital_1", figures.Keys);
        Assert.Subset(figures.Keys.ToHashSet(), SmallChests.Read().OwnFigures.ToHashSet());
        var cases = FindingCase.Of(tested);
        Assert.NotEmpty(cases);
        Assert.All(cases, c => Assert.True(File.Exists(CaseMaps.FileOf(chests.At("whole"), c))));
        Assert.Equal(cases.Count, Directory.GetFiles(Path.Combine(chests.At("whole"), "maps")).Length);
        var patches = CsvTable.Read(Path.Combine(chests.At("whole"), "patches", "cohort.csv"));
        var inside = patches.Rows.Select(r => r.Fields[patches.Require("inside")]).ToArray();
        Assert.Contains("lungs", inside);
        Assert.True(inside.Count(i => i == "lungs") > 5 * inside.Count(i => i == "anywhere"));
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
