using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Runs;

/// <summary>Whole trainings on a small cohort of phantoms: what they leave behind, stop, resume, decide.</summary>
[NoTensorLeaks]
public sealed class TrainingSessionTests(SmallCohort small) : IClassFixture<SmallCohort>
{
    [Fact]
    public void A_parts_seed_decides_in_which_order_and_how_changed_it_sees_its_images()
    {
        var run = Small("training: {epochs: 1, batch: 5, rate: 2e-3, schedule: constant, patience: 0}");
        var set = new PatchSet(small.Cohort, run.Read.Input, null);
        string Loss(long seed, string name)
        {
            TorchRuntime.Seed(1); // the same weights
            using var model = (NetworkModel)run.Read.Untrained(2, Device.Cpu);
            var folder = new RunFolder(Path.Combine(run.Folder, name));
            _ = model.Fit(new FitTask(set, set.Patches, [], seed), folder, run, default);
            return CsvTable.Read(folder.Metrics).Rows[0].Fields[3];
        }
        Assert.Equal(Loss(1, "one"), Loss(1, "again"));
        Assert.NotEqual(Loss(1, "first"), Loss(2, "other"));
    }

    [Fact]
    public void A_finished_run_leaves_its_files_and_is_not_done_again()
    {
        var run = Small("decision: {threshold_from_validation: true}");
        var tested = Assert.Single(run.Train());
        Assert.Equal(3, run.Epochs);
        string[] files =
        [
            "best.safetensors",
            "inside.csv",
            "metrics.csv",
            "nearest.csv",
            "predictions.csv",
            "recipe.yaml",
            "run.json",
            "state.safetensors",
            "training-features.safetensors",
            "training-images.json",
            "validation.csv",
        ];
        Assert.Equal(
            files,
            Directory.GetFiles(run.Folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)
        );
        Assert.Equal(4, run.Losses.Length);
        Assert.Equal([0, 1, 2], run.Column("epoch"));

        var description = RunDescription.Read(run.Run.Description);
        Assert.Equal(
            (small.Cohort.Hash, 3, 24, 1, 1),
            (description.CohortHash, description.Epochs, description.Images, description.Part, description.Parts)
        );
        Assert.Equal(small.Cohort.Classes, description.Classes);
        Assert.Equal((3, 1.0, 1.0), (description.SourceChannels, description.ScaleLow, description.ScaleHigh));
        Assert.Equal(run.Column("weights_moved")[^1], description.WeightsMoved);
        Assert.True(description.WeightsMoved > 1e-3);
        Assert.Equal(run.Column("validation_loss").Index().MinBy(l => l.Item).Index, description.BestEpoch);

        var test = run.Split.Parts[0].Rows(small.Cohort, SplitSide.Test).Select(r => r.Image);
        Assert.Equal(test, tested.Rows.Select(r => r.Image));
        var written = Directory.GetFiles(run.Folder).ToDictionary(f => f, File.GetLastWriteTimeUtc);
        var again = new SmallRun(small.Cohort, run.Folder) { OnStep = (_, _) => Assert.Fail("trained again") };
        var read = Assert.Single(again.Train());
        Assert.Equal(tested.Rows.Select(r => r.Predicted), read.Rows.Select(r => r.Predicted));
        Assert.All(
            written.Where(f => !f.Key.EndsWith("recipe.yaml")),
            f => Assert.Equal(f.Value, File.GetLastWriteTimeUtc(f.Key))
        );
    }

    [Theory]
    [InlineData("sheets")]
    [InlineData("rosettes")]
    public void The_threshold_comes_from_the_validation_patients_and_decides(string positive)
    {
        var run = Small($"decision: {{threshold_from_validation: true, positive: {positive}}}");
        var tested = Assert.Single(run.Train());
        var validated = Predictions.Read(run.Run.Validation);
        var column = validated.Classes.Index().Single(c => c.Item == positive).Index;
        var threshold = DecisionThreshold.Choose(
            [.. validated.Rows.Select(r => r.Probabilities[column])],
            [.. validated.Rows.Select(r => r.Label == positive)]
        );
        var description = RunDescription.Read(run.Run.Description);
        Assert.Equal(positive, description.Positive);
        Assert.Equal(threshold, description.Threshold!.Value, 1e-9);
        foreach (var row in tested.Rows.Concat(validated.Rows))
            Assert.Equal(row.Probabilities[column] >= threshold, row.Predicted == positive);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    public void Stopped_between_steps_and_resumed_it_comes_to_the_same_losses(int epoch, int step)
    {
        var whole = Small();
        whole.Train();
        using var source = new CancellationTokenSource();
        var folder = Path.Combine(small.Folder, Guid.NewGuid().ToString("N"));
        var stopped = new SmallRun(small.Cohort, folder)
        {
            OnStep = (e, s) =>
            {
                if ((e, s) == (epoch, step))
                    source.Cancel();
            },
        };
        Assert.Throws<OperationCanceledException>(() => stopped.Train(source.Token));
        Assert.Equal(epoch, stopped.Epochs);
        Assert.False(File.Exists(stopped.Run.Description));

        var resumed = new SmallRun(small.Cohort, folder);
        var tested = resumed.Train();
        Assert.Equal(3 - epoch, resumed.Epochs);
        Assert.Equal(whole.Losses, resumed.Losses);
        Assert.Equal(File.ReadAllText(whole.Run.Predictions), File.ReadAllText(resumed.Run.Predictions));
        Assert.Equal(File.ReadAllBytes(whole.Run.Best), File.ReadAllBytes(resumed.Run.Best));
    }

    [Fact]
    public void What_a_kill_between_two_files_leaves_resumes_too()
    {
        // As if killed at the end of the second epoch: its row and its best weights are written, its state is not.
        var left = new Dictionary<string, byte[]>();
        var folder = Path.Combine(small.Folder, "killed");
        var whole = new SmallRun(small.Cohort, folder)
        {
            OnEpoch = (row, _) =>
            {
                string[] names = row.Epoch switch
                {
                    0 => ["state.safetensors"],
                    1 => ["metrics.csv", "best.safetensors"],
                    _ => [],
                };
                foreach (var name in names)
                    left[name] = File.ReadAllBytes(Path.Combine(folder, name));
            },
        };
        whole.Train();
        var late = Small();
        Directory.CreateDirectory(late.Folder);
        foreach (var (name, bytes) in left)
            File.WriteAllBytes(Path.Combine(late.Folder, name), bytes);
        late.Train();
        Assert.Equal(2, late.Epochs);
        Assert.Equal(whole.Losses, late.Losses);
    }

    [Fact]
    public void Parts_have_folders_of_their_own_and_are_pooled()
    {
        var run = new SmallRun(
            small.Cohort,
            Path.Combine(small.Folder, "parts"),
            "training: {epochs: 1, batch: 6, rate: 1e-3, patience: 0}"
        )
        {
            Parts = 4,
        };
        var tested = run.Train();
        Assert.Equal((4, 4), (tested.Count, run.Epochs));
        Assert.Equal(
            ["part-1", "part-2", "part-3", "part-4"],
            Directory.GetDirectories(run.Folder).Select(f => Path.GetFileName(f)).Order()
        );
        var pooled = Predictions.Read(Path.Combine(run.Folder, "predictions.csv"));
        Assert.Equal(small.Cohort.Rows.Select(r => r.Image).Order(), pooled.Rows.Select(r => r.Image).Order());
        Assert.Equal(
            [1L, 2, 3, 4],
            Enumerable
                .Range(1, 4)
                .Select(p => RunDescription.Read(Path.Combine(run.Folder, $"part-{p}", "run.json")).Seed)
        );
    }

    [Fact]
    public void The_published_schedule_hardly_moves_a_weight()
    {
        var run = Small("training: {epochs: 12}");
        run.Train();
        Assert.InRange(run.Column("weights_moved")[^1], 1e-9, 1e-2);
        Assert.Equal(
            Enumerable.Range(0, 12).Select(e => 5e-6 * Math.Pow(0.7, e)),
            run.Column("rate"),
            (a, b) => Math.Abs(a - b) < 1e-9 * a
        );
    }

    [Fact]
    public void Without_improvement_patience_ends_the_training_and_the_best_model_stays()
    {
        var run = Small(
            "network: {stem_filters: 8, growth: 4, positions: shared, normalize: false}\ntraining: {epochs: 9, batch: 6, rate: 0, patience: 2}"
        );
        run.Train();
        var description = RunDescription.Read(run.Run.Description);
        Assert.Equal((3, 0, 0.0), (description.Epochs, description.BestEpoch, description.WeightsMoved));
    }

    [Fact]
    public void Short_numbers_train_to_almost_the_same_losses()
    {
        // Without dropout, which would make small roundings grow from step to step.
        const string network = "network: {stem_filters: 8, growth: 4, positions: shared}\n";
        var whole = Small(network);
        whole.Train();
        var run = Small(
            network
                + "training: {epochs: 3, batch: 5, rate: 2e-3, schedule: constant, patience: 0, precision: bfloat16}"
        );
        run.Train();
        Assert.NotEqual(whole.Losses, run.Losses);
        Assert.All(
            whole.Column("train_loss").Zip(run.Column("train_loss")),
            l => Assert.Equal(l.First, l.Second, 0.1 * l.First)
        );
    }

    [Fact]
    public void A_loss_that_leaves_the_numbers_ends_the_run_with_the_way_out()
    {
        var run = Small(
            "network: {stem_filters: 8, growth: 4, normalize: false}\ntraining: {epochs: 9, batch: 6, optimizer: sgd, rate: 100, schedule: constant}"
        );
        var error = Assert.Throws<InvalidOperationException>(() => run.Train());
        Assert.Contains("at rate 100; lower training.rate or set training.clip_gradient", error.Message);
    }

    [Fact]
    public void A_positive_class_that_the_cohort_lacks_is_refused_before_training()
    {
        var folder = Path.Combine(small.Folder, "positive");
        var run = new SmallRun(small.Cohort, folder, "decision: {positive: tumor}")
        {
            OnStep = (_, _) => Assert.Fail("trained"),
        };
        var error = Assert.Throws<RecipeException>(() => run.Train());
        Assert.Equal("decision.positive is 'tumor'; the cohort's classes are rosettes, sheets", error.Message);
    }

    [Fact]
    public void Too_few_validation_patients_leave_every_class_in_and_it_is_told()
    {
        var run = Small("decision: {conformal: 0.01}");
        var tested = Assert.Single(run.Train());
        var conformal = RunDescription.Read(run.Run.Description).Conformal!;
        Assert.Null(conformal.Score);
        Assert.True(conformal.Patients is > 0 and < 99);
        Assert.All(tested.Rows, r => Assert.Equal(small.Cohort.Classes, r.Set));
        var lines = RunReports.DoubtSection.Lines(tested, [RunDescription.Read(run.Run.Description)]).ToArray();
        Assert.Contains("promised 0.99", lines[0], StringComparison.Ordinal);
        Assert.Contains("from 99 validation patients on, and there were", lines[1], StringComparison.Ordinal);
    }

    private SmallRun Small(string change = "") =>
        new(small.Cohort, Path.Combine(small.Folder, Guid.NewGuid().ToString("N")), change);
}
