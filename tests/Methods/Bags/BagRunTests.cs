using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.Bags;

/// <summary>Runs over files of features: trained, stored, packed, and what they refuse.</summary>
[NoTensorLeaks]
public sealed class BagRunTests(BagCohort small) : IClassFixture<BagCohort>, ITrainingProgress
{
    [Theory]
    [InlineData("mean", 0.9)]
    [InlineData("max", 0.9)]
    [InlineData("attention", 0.8)]
    [InlineData("gated-attention", 0.8)]
    [InlineData("clam-sb", 0.8)]
    [InlineData("clam-mb", 0.8)]
    [InlineData("transmil", 0)]
    public void A_run_has_its_files_tells_slides_apart_and_its_package_says_the_same(string kind, double least)
    {
        var tested = Train(kind, $"bags: {{kind: {kind}, hidden: 16, c: [0.1, 1]}}", small.Cohort);
        Assert.Equal(8, tested.Rows.Count);
        Assert.True(tested.Rows.All(r => r.Set.Count > 0));
        var auc = RankedScores.Auc(
            [.. tested.Rows.Select(r => r.Probabilities[1])],
            [.. tested.Rows.Select(r => r.Label == "tumor")]
        );
        Assert.True(auc >= least, $"{kind}: the AUC is {auc}");
        Assert.True(File.Exists(At($"{kind}/validation.csv")));
        var packed = At($"{kind}.coverslip");
        using (var model = TrainedModel.Load(At(kind), Known.Methods, Device.Cpu))
            model.Pack(packed);
        using var moved = TrainedModel.Load(packed, Known.Methods, Device.Cpu);
        var again = Predict(moved, small.Cohort, $"{kind}-predicted");
        Assert.Equal(24, again.Count);
        foreach (var row in tested.Rows)
            Assert.Equal(row.Probabilities[1], again[row.Image].Probabilities[1], 1e-5);
        var instances = File.ReadAllLines(At($"{kind}-predicted/instances.csv"));
        Assert.Equal("image,x,y,weight", instances[0]);
        Assert.StartsWith("features/s00.h5,0,0,0", instances[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Attention_lies_on_the_patches_that_differ()
    {
        Train("where", "bags: {kind: gated-attention, hidden: 16}", small.Cohort);
        using var model = TrainedModel.Load(At("where"), Known.Methods, Device.Cpu);
        Predict(model, small.Cohort, "where-predicted");
        var tumor = File.ReadLines(At("where-predicted/instances.csv"))
            .Skip(1)
            .Select(l => l.Split(','))
            .Where(f => f[0].EndsWith("1.h5", StringComparison.Ordinal) && f[0] != "features/s01.h5")
            .Select(f => (Lesion: int.Parse(f[1]) / 256 % 5 == 0, Weight: double.Parse(f[3])))
            .ToArray();
        var auc = RankedScores.Auc([.. tumor.Select(t => t.Weight)], [.. tumor.Select(t => t.Lesion)]);
        Assert.True(auc > 0.8, $"the AUC of attention over patches is {auc}");
    }

    [Fact]
    public void A_stopped_run_goes_on_to_the_same_weights()
    {
        const string recipe = "bags: {kind: attention, hidden: 16, c: [1]}";
        var whole = Train("whole", recipe, small.Cohort);
        using var stop = new CancellationTokenSource();
        stopping = stop;
        Assert.Throws<OperationCanceledException>(() => Train("stopped", recipe, small.Cohort, stop.Token));
        stopping = null;
        var resumed = Train("stopped", recipe, small.Cohort);
        Assert.Equal(whole.Rows.Select(r => r.Probabilities[1]), resumed.Rows.Select(r => r.Probabilities[1]));
    }

    [Fact]
    public void Features_of_two_encoders_are_refused_and_both_are_named()
    {
        small.Write("features/other.h5", "other", tumor: true, encoder: "another");
        var mixed = Cohort("mixed.csv", ("features/s00.h5", "normal", "a"), ("features/other.h5", "tumor", "b"));
        var error = Assert.Throws<InvalidDataException>(() => Train("mixed", "", mixed)).Message;
        Assert.Contains("other.h5 holds 12 features of 'another'", error);
        Assert.Contains("s00.h5 12 of 'painted'", error);
        Train("known", "bags: {kind: mean}", small.Cohort);
        using var model = TrainedModel.Load(At("known"), Known.Methods, Device.Cpu);
        var single = Cohort("single.csv", ("features/other.h5", "tumor", "b"));
        var refused = Assert.Throws<InvalidDataException>(() => Predict(model, single, "refused")).Message;
        Assert.StartsWith("the model was trained on features of 'painted', these are of 'another'", refused);
    }

    [Fact]
    public void A_patients_labels_agree_or_a_rule_says_which_counts()
    {
        var cohort = Cohort(
            "patients.csv",
            ("features/s00.h5", "normal", "a"),
            ("features/s01.h5", "tumor", "a"),
            ("features/s02.h5", "normal", "a"),
            ("features/s03.h5", "tumor", "b"),
            ("features/s05.h5", "tumor", "b")
        );
        Evaluation.Cohorts.Cohort Labeled(string label) =>
            RecipeCohort.Of(
                Known.Methods.Parse($"method: bags\nbags: {{of: patient, label: {label}}}", "r.yaml"),
                cohort
            );
        var error = Assert.Throws<InvalidDataException>(() => Labeled("same")).Message;
        Assert.Contains("patient a is one bag, and its images have several labels: 2 normal, 1 tumor", error);
        Assert.Contains("bags.label: majority", error);
        Assert.Equal(["normal", "normal", "normal", "tumor", "tumor"], Labeled("majority").Rows.Select(r => r.Label));
        Assert.Equal(Enumerable.Repeat("tumor", 5), Labeled("any").Rows.Select(r => r.Label));
        Assert.Equal(cohort.Hash, Labeled("any").Hash);
    }

    [Fact]
    public void A_run_does_not_go_on_with_other_features()
    {
        Directory.CreateDirectory(At("own"));
        small.Write("own/a.npz", "a", tumor: false);
        var recipe = Known.Methods.Parse($"method: bags\nfeatures: {{from: '{At("own")}'}}", "r.yaml");
        var before = $"{RunContents.Of(recipe, small.Cohort)}";
        Assert.Equal(before, $"{RunContents.Of(recipe, small.Cohort)}");
        small.Write("own/a.npz", "a", tumor: true);
        Assert.Contains("a.npz", Files.Fingerprint.Difference(before, $"{RunContents.Of(recipe, small.Cohort)}"));
    }

    [Fact]
    public void A_patients_slides_are_one_bag()
    {
        (string, string, string)[] rows =
        [
            .. small.Cohort.Rows.Select((r, i) => (r.Image, r.Label, $"P{(i / 4 * 2) + (i % 2)}")),
        ];
        var tested = Train("pairs", "bags: {kind: mean, of: patient, c: [1]}", Cohort("pairs.csv", rows), null, 6);
        Assert.All(tested.Rows, r => Assert.Equal(r.Label == "tumor", r.Probabilities[1] > 0.5));
        Assert.Equal(tested.Rows.Count, tested.Rows.DistinctBy(r => r.Patient).Count());
    }

    private CancellationTokenSource? stopping;

    void ITrainingProgress.Step(int epoch, int step, int steps, MeanLoss soFar) { }

    void ITrainingProgress.Epoch(EpochRow row, RunState state)
    {
        if (row.Epoch == 2)
            stopping?.Cancel();
    }

    private string At(string name) => small.At(name);

    private Cohort Cohort(string name, params (string Image, string Label, string Patient)[] rows)
    {
        File.WriteAllLines(At(name), ["image,label,patient", .. rows.Select(r => $"{r.Image},{r.Label},{r.Patient}")]);
        return Evaluation.Cohorts.Cohort.Load(At(name));
    }

    private Predictions Train(string name, string recipe, Cohort cohort, CancellationToken? stop = null, int folds = 3)
    {
        var text =
            $"method: bags\ndecision: {{conformal: 0.3}}\ntraining: {{epochs: 20, rate: 0.003, patience: 0}}\n{recipe}";
        Directory.CreateDirectory(At(name));
        File.WriteAllText(At($"{name}/recipe.yaml"), text);
        var read = Known.Methods.Parse(text, "r.yaml");
        cohort = RecipeCohort.Of(read, cohort);
        using var data = read.Prepare(new Preparation(cohort, Device.Cpu));
        SplitPart[] parts = [.. KFoldSplits.Draw(cohort.PatientImages, folds, 0.34, 1).Take(1)];
        var split = new Split(SplitKind.Random, cohort.Hash, 1, parts);
        return new TrainingSession(new SessionInput(read, data, split, Device.Cpu), At(name), _ => this)
            .Run(null, stop ?? CancellationToken.None)
            .Single();
    }

    private Dictionary<string, Prediction> Predict(TrainedModel model, Cohort cohort, string folder)
    {
        Directory.CreateDirectory(At(folder));
        var together = (IPredictsTogether)model.Recipe;
        Assert.True(together.TakesTogether(cohort));
        return together
            .PredictTogether(model, new TogetherTask(cohort, At(folder)), CancellationToken.None)
            .Rows.ToDictionary(r => r.Image);
    }
}
