using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Tests;
using Coverslip.Slides.Images;
using Coverslip.Torch;

namespace Coverslip.Methods.Tests.Classical;

/// <summary>
/// The method as runs see it: the same folder, the same verbs, and nothing learned of other patients.
/// </summary>
[Torch.Tests.NoTensorLeaks]
public sealed class ClassicalModelTests(SmallCohort small) : IClassFixture<SmallCohort>, ITrainingProgress
{
    private const string Input = "input: {form: raw, height: 48, width: 48}";
    private readonly List<string> chosen = [];

    public static TheoryData<string> Classifiers => ["nearest-neighbor", "qda", "random-forest", "svm"];

    [Theory, MemberData(nameof(Classifiers))]
    public void A_run_has_its_files_and_predicts_the_same_later(string classifier)
    {
        var folder = At($"run-{classifier}");
        var tested = Train(folder, $"classifier: {classifier}\nfeatures: {{sets: [color-histogram+lbp]}}");
        var run = new RunFolder(folder);
        var description = RunDescription.Read(run.Description);
        Assert.Equal((0L, 1, null), (description.Parameters, description.Epochs, description.WeightsMoved));
        Assert.True(File.Exists(run.Validation));
        Assert.Single(
            File.ReadAllLines(Path.Combine(folder, "selection.csv")),
            l => l.EndsWith(",yes", StringComparison.Ordinal)
        );
        Assert.StartsWith("color-histogram+lbp", Assert.Single(chosen));

        var packed = At($"{classifier}.coverslip");
        using (var model = TrainedModel.Load(folder, Known.Methods, Device.Cpu))
            model.Pack(packed);
        using var moved = TrainedModel.Load(packed, Known.Methods, Device.Cpu);
        var again = moved.Predict(new PatchSet(small.Cohort, moved.Recipe.Input, null), 4);
        foreach (var row in tested.Rows)
            Assert.Equal(row.Probabilities, again.Rows.Single(r => r.Image == row.Image).Probabilities);
    }

    [Theory, MemberData(nameof(Classifiers))]
    public void Fine_and_coarse_texture_are_told_apart(string classifier)
    {
        var cohort = Textures();
        SplitPart[] parts = [.. KFoldSplits.Draw(cohort.PatientImages, 4, 0.34, 1)];
        var recipe = $"classifier: {classifier}\nfeatures: {{sets: [lbp+pftas]}}";
        var tested = Train(At($"apart-{classifier}"), recipe, parts, cohort);
        Assert.Equal(cohort.Rows.Count, tested.Rows.Count);
        var figures = ClassificationEvaluation.Of(tested, new EvaluationOptions { Bootstrap = 0 }).Figures;
        Assert.InRange(figures[Metric.Accuracy].Value!.Value, 0.95, 1);
        Assert.InRange(figures[Metric.Auc].Value!.Value, 0.98, 1);
    }

    [Theory, MemberData(nameof(Classifiers))]
    public void Other_test_images_leave_the_model_as_it_is(string classifier)
    {
        var recipe = $"classifier: {classifier}\nfeatures: {{sets: [color-histogram, lbp]}}";
        Train(At($"before-{classifier}"), recipe);
        Train(At($"after-{classifier}"), recipe, cohort: Other(SplitSide.Test));
        Assert.Equal(Model($"before-{classifier}"), Model($"after-{classifier}"));
        Assert.NotEqual(
            File.ReadAllText(At($"before-{classifier}/predictions.csv")),
            File.ReadAllText(At($"after-{classifier}/predictions.csv"))
        );
    }

    [Fact]
    public void Validation_images_only_choose()
    {
        const string recipe = "classifier: svm\nfeatures: {sets: [lbp]}\nsvm: {c: 1, gamma: 1}";
        Train(At("one"), recipe);
        Train(At("other"), recipe, cohort: Other(SplitSide.Validation));
        Assert.Equal(Model("one"), Model("other"));
        Assert.NotEqual(File.ReadAllText(At("one/selection.csv")), File.ReadAllText(At("other/selection.csv")));
    }

    [Fact]
    public void Other_training_images_make_another_model()
    {
        const string recipe = "classifier: svm\nfeatures: {sets: [lbp]}\nsvm: {c: 1, gamma: 1}";
        Train(At("these"), recipe);
        Train(At("those"), recipe, cohort: Other(SplitSide.Train));
        Assert.NotEqual(Model("these"), Model("those"));
    }

    [Fact]
    public void A_finished_run_is_not_done_again_and_an_unfinished_one_is()
    {
        const string recipe = "classifier: random-forest\nfeatures: {sets: [lbp]}\nforest: {trees: 20}";
        var folder = At("resumed");
        Train(folder, recipe);
        var (model, predictions) = (Model("resumed"), File.ReadAllText(At("resumed/predictions.csv")));
        Train(folder, recipe);
        Assert.Single(chosen);
        File.Delete(new RunFolder(folder).Description);
        Train(folder, recipe);
        Assert.Equal(2, chosen.Count);
        Assert.Equal(model, Model("resumed"));
        Assert.Equal(predictions, File.ReadAllText(At("resumed/predictions.csv")));
    }

    [Fact]
    public void A_stop_leaves_nothing_half_done()
    {
        var folder = At("stopped");
        Assert.Throws<OperationCanceledException>(() =>
            Train(folder, "classifier: qda", stop: new CancellationToken(canceled: true))
        );
        Assert.False(File.Exists(new RunFolder(folder).Best));
    }

    [Fact]
    public void Masked_features_are_of_valid_pixels()
    {
        var masks = new PatchMasks(small.Cohort.MaskPath, (image, mask, _) => (image.Clone(), mask.Clone()));
        const string masked = "input: {form: masked, masks: column, height: 48, width: 48}";
        const string recipe = "classifier: nearest-neighbor\nfeatures: {sets: [color-histogram]}";
        Train(At("masked"), $"{recipe}\n{masked}", masks: masks);
        Train(At("whole"), $"{recipe}\n{Input}");
        Assert.NotEqual(Model("masked"), Model("whole"));
    }

    [Fact]
    public void Without_validation_patients_there_is_nothing_to_choose_by()
    {
        var part = Parts(1)[0];
        var split = new SplitPart([.. part.Train.Concat(part.Validation).Order(StringComparer.Ordinal)], [], part.Test);
        Assert.Contains(
            "no validation patients to choose among 6 settings; give features.sets and each setting",
            Assert.Throws<InvalidOperationException>(() => Train(At("unchosen"), "classifier: svm", [split])).Message
        );
        Train(At("given"), "classifier: svm\nfeatures: {sets: [lbp]}\nsvm: {c: 10, gamma: 0.1}", [split]);
        Assert.Equal("lbp c=10 gamma=0.1", Assert.Single(chosen));
        Assert.False(File.Exists(new RunFolder(At("given")).Validation));
    }

    [Fact]
    public void Training_images_of_one_class_are_refused()
    {
        var of = small
            .Cohort.Rows.GroupBy(r => r.Label)
            .Select(g => g.Select(r => r.Patient).Distinct().ToArray())
            .ToArray();
        var split = new SplitPart(of[0], [], of[1]);
        Assert.Contains(
            "of one class; a classifier needs two",
            Assert.Throws<InvalidOperationException>(() => Train(At("lone"), "classifier: qda", [split])).Message
        );
    }

    void ITrainingProgress.Step(int epoch, int step, int steps, MeanLoss soFar) { }

    void ITrainingProgress.Epoch(EpochRow row, RunState state) { }

    void ITrainingProgress.Chosen(string settings) => chosen.Add(settings);

    private string At(string name) => Path.Combine(small.Folder, name);

    private byte[] Model(string name) => File.ReadAllBytes(new RunFolder(At(name)).Best);

    private SplitPart[] Parts(int count) => [.. KFoldSplits.Draw(small.Cohort.PatientImages, 4, 0.34, 1).Take(count)];

    /// <summary>The predictions of all parts; by default there is one.</summary>
    private Predictions Train(
        string folder,
        string recipe,
        SplitPart[]? parts = null,
        Cohort? cohort = null,
        PatchMasks? masks = null,
        CancellationToken stop = default
    )
    {
        cohort ??= small.Cohort;
        var text = $"method: classical\n{recipe}{(recipe.Contains("input:") ? "" : $"\n{Input}")}";
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "recipe.yaml"), text);
        var read = Known.Methods.Parse(text, "r.yaml");
        var split = new Split(SplitKind.Random, cohort.Hash, 1, parts ?? Parts(1));
        var set = new PatchSet(cohort, read.Input, masks);
        var tested = new TrainingSession(
            new SessionInput(read, new ImageTrainingData(read, set), split, Device.Cpu),
            folder,
            _ => this
        ).Run(stop: stop);
        return new Predictions(cohort.Classes, [.. tested.SelectMany(t => t.Rows)]);
    }

    /// <summary>8 patients of 3 images each: noise in squares of one pixel, or of five.</summary>
    private Cohort Textures()
    {
        var folder = At("textures");
        var rows = new List<CohortRow>();
        for (var number = 0; number < 24; number++)
        {
            var (patient, name) = (number / 3, $"{number}.png");
            var side = patient % 2 == 0 ? 1 : 5;
            var random = new SeededRandom(number, 0);
            byte[] squares = [.. Enumerable.Range(0, 48 * 48).Select(_ => (byte)random.Below(256))];
            using var image = new Image(48, 48);
            for (var i = 0; i < 48 * 48; i++)
                image.WritablePixels.Slice(3 * i, 3).Fill(squares[i / 48 / side * 48 + i % 48 / side]);
            ImageFile.Write(Path.Combine(folder, name), image);
            rows.Add(new CohortRow(number + 2, name, side == 1 ? "fine" : "coarse", $"p{patient}"));
        }
        var table = Path.Combine(folder, "cohort.csv");
        CohortFile.Write(table, rows, []);
        return Cohort.Load(table);
    }

    /// <summary>The cohort with the images of one side of the first part darkened and made duller.</summary>
    private Cohort Other(SplitSide side)
    {
        var folder = At($"cohort-{side}");
        if (!Directory.Exists(folder))
        {
            foreach (var file in Directory.GetFiles(At("cohort"), "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(folder, Path.GetRelativePath(At("cohort"), file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
            var patients = Parts(1)[0][side];
            foreach (var row in small.Cohort.Rows.Where(r => patients.Contains(r.Patient)))
            {
                var path = Path.Combine(folder, Path.GetRelativePath(At("cohort"), small.Cohort.ImagePath(row)));
                using var image = ImageFile.Read(path);
                foreach (ref var sample in image.WritablePixels)
                    sample = (byte)(sample / 3 + 40);
                ImageFile.Write(path, image);
            }
        }
        return Cohort.Load(Path.Combine(folder, Path.GetFileName(small.Cohort.Path)));
    }
}
