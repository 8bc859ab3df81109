using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Tests;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Methods.Tests.Probe;

/// <summary>Probes as runs see them, on the encoder in the box.</summary>
[Torch.Tests.NoTensorLeaks]
public sealed class ProbeModelTests(SmallCohort small) : IClassFixture<SmallCohort>, ITrainingProgress
{
    private readonly List<string> chosen = [];

    [Theory]
    [InlineData("kind: logistic, c: [0.01, 0.1]")]
    [InlineData("kind: neighbors, neighbors: [1, 3]")]
    [InlineData("kind: prototypes")]
    [InlineData("kind: hidden-layer, hidden: 8")]
    public void A_run_has_its_files_and_its_package_predicts_the_same(string probe)
    {
        var name = string.Concat(probe.Where(char.IsLetterOrDigit));
        var tested = Train(At(name), $"probe: {{{probe}}}");
        Assert.NotEmpty(tested.Rows);
        Assert.All(tested.Rows, r => Assert.True(r.Unfamiliar > 0 && r.Set.Count > 0));
        Assert.Single(
            File.ReadAllLines(At($"{name}/selection.csv")),
            l => l.Contains(",yes,", StringComparison.Ordinal)
        );
        var packed = At($"{name}.coverslip");
        using (var model = TrainedModel.Load(At(name), Known.Methods, Device.Cpu))
            model.Pack(packed);
        using var moved = TrainedModel.Load(packed, Known.Methods, Device.Cpu);
        var set = new PatchSet(small.Cohort, moved.Recipe.Input, null);
        var again = moved.Predict(set, 5).Rows.ToDictionary(r => r.Image);
        foreach (var row in tested.Rows)
        {
            for (var c = 0; c < row.Probabilities.Count; c++)
                Assert.Equal(row.Probabilities[c], again[row.Image].Probabilities[c], 1e-4);
            Assert.Equal(row.Set, again[row.Image].Set);
        }
        var told = RunDescription.Read(new RunFolder(At(name)).Description);
        Assert.True(told.Conformal is { Crossed: true, Keeps: true, Score: null });
        var lines = Learning.RunReports.DoubtSection.Lines(tested, [told]);
        Assert.DoesNotContain(lines, l => l.Contains("hold every class", StringComparison.Ordinal));
    }

    [Fact]
    public void Validation_patients_are_judged_by_probes_that_left_them_out()
    {
        Train(At("left-out"), "probe: {c: 1000, calibrated: false}");
        Train(At("kept-aside"), "probe: {c: 1000, calibrated: false, validation: false}");
        // An almost free regression knows what it learned from by heart.
        double Loss(string run) =>
            Predictions
                .Read(new RunFolder(At(run)).Validation)
                .Rows.Average(r =>
                    -Math.Log(Math.Max(1e-12, r.Probabilities[r.Label == small.Cohort.Classes[0] ? 0 : 1]))
                );
        using var model = TrainedModel.Load(At("left-out"), Known.Methods, Device.Cpu);
        var known = model
            .Predict(new PatchSet(small.Cohort, model.Recipe.Input, null), 8)
            .Rows.ToDictionary(r => r.Image);
        var validated = Predictions.Read(new RunFolder(At("left-out")).Validation);
        var byHeart = validated.Rows.Average(r =>
            known[r.Image].Probabilities[r.Label == small.Cohort.Classes[0] ? 0 : 1]
        );
        Assert.InRange(byHeart, 0.99, 1);
        Assert.True(Loss("left-out") > 0.01 && Loss("kept-aside") > 0.01);
        Assert.NotEqual(Weights("left-out"), Weights("kept-aside"));
    }

    [Fact]
    public void Windows_are_seen_in_every_orientation_or_in_the_first_alone()
    {
        Train(At("windows"), "probe: {c: 1}");
        using var model = TrainedModel.Load(At("windows"), Known.Methods, Device.Cpu);
        var set = new PatchSet(small.Cohort, model.Recipe.Input, null);
        WindowBatch Turned(int orientation)
        {
            var pixels = new byte[2 * 48 * 48 * 4];
            foreach (var (place, patch) in set.Patches.Take(2).Index())
                ImageChange
                    .Oriented(orientation)
                    .Apply(set.Pixels(patch), pixels.AsSpan(place * 48 * 48 * 4, 48 * 48 * 4), 48, 48);
            return new WindowBatch(pixels, 2);
        }
        var each = Enumerable.Range(0, 8).Select(o => model.Predict(Turned(o), orientations: false)).ToArray();
        var together = model.Predict(Turned(0), orientations: true);
        for (var window = 0; window < 2; window++)
            Assert.Equal(each.Average(o => o[window][1]), together[window][1], 1e-4);
        Assert.Contains(each, o => Math.Abs(o[0][1] - each[0][0][1]) > 1e-3); // the encoder is not indifferent to it
    }

    [Fact]
    public void A_probe_of_other_features_is_refused()
    {
        Train(At("last"), "probe: {kind: prototypes}");
        var recipe = At("last/recipe.yaml");
        File.WriteAllText(recipe, File.ReadAllText(recipe).Replace("layer4", "layer3", StringComparison.Ordinal));
        var error = Assert.Throws<InvalidDataException>(() => TrainedModel.Load(At("last"), Known.Methods, Device.Cpu));
        Assert.Contains("layer4 48x48", error.Message, StringComparison.Ordinal);
        Assert.Contains("layer3 48x48", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stained_masks_and_a_fourth_channel_are_no_input_of_an_encoder()
    {
        var error = Assert.Throws<Learning.Recipes.RecipeException>(() =>
            Known.Methods.Parse("method: probe\ninput: {form: mask-channel}", "r.yaml")
        );
        Assert.Contains("an encoder takes three channels", error.Message, StringComparison.Ordinal);
    }

    void ITrainingProgress.Step(int epoch, int step, int steps, MeanLoss soFar) { }

    void ITrainingProgress.Epoch(EpochRow row, RunState state) { }

    void ITrainingProgress.Chosen(string settings) => chosen.Add(settings);

    private string At(string name) => Path.Combine(small.Folder, name);

    private double[] Weights(string run)
    {
        using var scope = new TensorScope();
        return SafeTensors.Read(new RunFolder(At(run)).Best)["probe.weights"].ToArray<double>();
    }

    private Predictions Train(string folder, string recipe)
    {
        var text =
            $"method: probe\ninput: {{height: 48, width: 48}}\nfeatures: {{layers: [layer4]}}\ndecision: {{conformal: 0.5}}\n{recipe}";
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "recipe.yaml"), text);
        var read = Known.Methods.Parse(text, "r.yaml");
        SplitPart[] parts = [.. KFoldSplits.Draw(small.Cohort.PatientImages, 4, 0.34, 1).Take(1)];
        var split = new Split(SplitKind.Random, small.Cohort.Hash, 1, parts);
        using var data = read.Prepare(new Preparation(small.Cohort, Device.Cpu));
        var tested = new TrainingSession(new SessionInput(read, data, split, Device.Cpu), folder, _ => this).Run();
        return new Predictions(small.Cohort.Classes, [.. tested.SelectMany(t => t.Rows)]);
    }
}
