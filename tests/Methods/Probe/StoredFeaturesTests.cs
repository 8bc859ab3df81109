using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Encoders;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Learning.StoredFeatures;
using Coverslip.Learning.Tests;
using Coverslip.Torch;

namespace Coverslip.Methods.Tests.Probe;

/// <summary>Probes on features that were computed before.</summary>
[Torch.Tests.NoTensorLeaks]
public sealed class StoredFeaturesTests(SmallCohort small) : IClassFixture<SmallCohort>, ITrainingProgress
{
    private int described;

    [Fact]
    public void A_probe_on_stored_features_says_what_one_says_that_computes_them()
    {
        var file = Store(At("stored.npz"), (48, 48));
        var computed = Train("computed", ", histogram: true");
        described = 0;
        var stored = Train("stored", $", histogram: true, from: '{file}'");
        Assert.Equal(0, described);
        Assert.NotEmpty(stored);
        foreach (var (image, probability) in computed)
            Assert.Equal(probability, stored[image], 2e-3);
        // The run predicts images that the file does not hold, and without it.
        File.Delete(file);
        using var model = TrainedModel.Load(At("stored"), Known.Methods, Device.Cpu);
        var again = model.Predict(new PatchSet(small.Cohort, model.Recipe.Input, null), 8).Rows;
        foreach (var row in again.Where(r => stored.ContainsKey(r.Image)))
            Assert.Equal(stored[row.Image], row.Probabilities[0], 2e-3);
    }

    [Fact]
    public void Features_of_another_encoder_and_images_without_are_refused()
    {
        var other = Store(At("other.npz"), (48, 64));
        var error = Assert.Throws<InvalidDataException>(() => Train("refused", $", from: '{other}'"));
        Assert.Contains(" layer4 48x64 ", error.Message);
        Assert.Contains(" layer4 48x48 ", error.Message);

        var csv = At("fewer/cohort.csv");
        Directory.CreateDirectory(Path.GetDirectoryName(csv)!);
        File.WriteAllLines(
            csv,
            [
                "image,label,patient",
                .. small.Cohort.Rows.SkipLast(2).Select(r => $"../cohort/{r.Image},{r.Label},{r.Patient}"),
            ]
        );
        var fewer = Store(At("fewer.npz"), (48, 48), Cohort.Load(csv));
        var missing = Assert.Throws<InvalidDataException>(() => Train("refused", $", from: '{fewer}'")).Message;
        Assert.Contains("fewer.npz has no features of 2 of 24 images of ", missing);
        Assert.Contains(small.Cohort.Rows[^2].Image, missing);

        var masked = Assert.Throws<Learning.Recipes.RecipeException>(() =>
            Known.Methods.Parse("method: probe\ninput: {form: masked}\nfeatures: {from: a.npz}", "r.yaml")
        );
        Assert.Contains("it needs input.form: raw", masked.Message);
    }

    [Fact]
    public void A_stopped_cohort_goes_on_and_a_finished_one_is_left_alone()
    {
        var path = At("resumed.npz");
        var stop = new CancellationTokenSource();
        var options = new CohortEncodingOptions
        {
            Batch = 8,
            Views = new FeatureViews { Orientations = 8 },
        };
        using var encoder = Open((48, 48));
        var encoding = new CohortEncoding(encoder, options, Device.Cpu);
        Assert.Throws<OperationCanceledException>(() =>
            encoding.Run(small.Cohort, path, (_, _) => stop.Cancel(), stop.Token)
        );
        Assert.True(File.Exists($"{path}.state") && !File.Exists(path));
        var steps = new List<int>();
        Assert.True(encoding.Run(small.Cohort, path, (done, _) => steps.Add(done), CancellationToken.None));
        Assert.Equal([16, 24], steps);
        Assert.False(File.Exists($"{path}.state"));
        Assert.False(encoding.Run(small.Cohort, path, null, CancellationToken.None));
        using var larger = Open((64, 64));
        var error = Assert.Throws<InvalidDataException>(() =>
            new CohortEncoding(larger, options, Device.Cpu).Run(small.Cohort, path, null, CancellationToken.None)
        );
        Assert.Contains("resumed.npz was made of something else than now: encoder was ", error.Message);
    }

    void ITrainingProgress.Step(int epoch, int step, int steps, MeanLoss soFar) { }

    void ITrainingProgress.Epoch(EpochRow row, RunState state) { }

    void ITrainingProgress.Described(int done, int all) => described++;

    private string Store(string path, (int, int) size, Cohort? cohort = null)
    {
        using var encoder = Open(size);
        new CohortEncoding(encoder, new CohortEncodingOptions(), Device.Cpu).Run(
            cohort ?? small.Cohort,
            path,
            null,
            CancellationToken.None
        );
        return path;
    }

    private static Encoder Open((int, int) size) =>
        Encoder.Open(BoxedResNet.Name, new EncoderOptions { Layers = ["layer4"], Size = size });

    private string At(string name) => Path.Combine(small.Folder, name);

    /// <summary>Of each test image the probability of the first class.</summary>
    private Dictionary<string, double> Train(string name, string features)
    {
        var text =
            $"method: probe\ninput: {{height: 48, width: 48}}\nfeatures: {{layers: [layer4]{features}}}\nprobe: {{c: 0.01}}";
        Directory.CreateDirectory(At(name));
        File.WriteAllText(At($"{name}/recipe.yaml"), text);
        var read = Known.Methods.Parse(text, "r.yaml");
        SplitPart[] parts = [.. KFoldSplits.Draw(small.Cohort.PatientImages, 4, 0.34, 1).Take(1)];
        var split = new Split(SplitKind.Random, small.Cohort.Hash, 1, parts);
        using var data = read.Prepare(new Preparation(small.Cohort, Device.Cpu));
        var tested = new TrainingSession(new SessionInput(read, data, split, Device.Cpu), At(name), _ => this).Run();
        return tested.SelectMany(t => t.Rows).ToDictionary(r => r.Image, r => r.Probabilities[0]);
    }
}
