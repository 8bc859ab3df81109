using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Loop;

/// <summary>What the loop gives a network: weights of classes, rates, gradients no longer than asked for.</summary>
[NoTensorLeaks]
public sealed class TrainingLoopTests(SmallCohort small) : IClassFixture<SmallCohort>, ITrainingProgress
{
    private readonly List<double> rates = [];

    [Theory]
    [InlineData("none", null, null)]
    [InlineData("balanced", 2 / 3.0, 2.0)]
    public void Balanced_classes_weigh_alike_whatever_their_number(string setting, double? common, double? rare)
    {
        var seen = Train($"training: {{epochs: 1, batch: 4, class_weights: {setting}}}");
        Assert.Equal(12, seen.Count);
        Assert.All(
            seen,
            s =>
                Assert.Equal(
                    s.Label == 0 ? common : rare,
                    s.Weight is { } w ? Math.Round(w, 6) : null,
                    (a, b) => Math.Abs((a ?? -1) - (b ?? -1)) < 1e-5
                )
        );
    }

    [Theory]
    [InlineData("schedule: exponential, factor: 0.5", new[] { 0.1, 0.05, 0.025 })]
    [InlineData("schedule: exponential, factor: 0.25, every: 2", new[] { 0.1, 0.05, 0.025 })]
    [InlineData("schedule: exponential, factor: 0.512, per_step: true", new[] { 0.064, 0.032768, 0.016777 })] // the last of 3 steps
    [InlineData("schedule: step, factor: 0.1, every: 2", new[] { 0.1, 0.1, 0.01 })]
    [InlineData("schedule: constant", new[] { 0.1, 0.1, 0.1 })]
    public void Rates_follow_the_schedule(string schedule, double[] expected)
    {
        Train($"training: {{epochs: 3, batch: 4, optimizer: sgd, rate: 0.1, clip_gradient: 0.01, {schedule}}}");
        Assert.Equal(expected, rates, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void A_clipped_gradient_has_the_length_and_the_direction_asked_for()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var (a, b) = (
            store.Root.Parameter("a", [1], Initial.Constant(1)),
            store.Root.Parameter("b", [2], Initial.Constant(1))
        );
        ((a * 3).Sum() + (b * Tensor.From<float>([0, 4])).Sum()).Backward();
        Gradients.Clip([store], 10);
        Assert.Equal([3f, 0f, 4f], [.. a.Gradient!.ToArray<float>(), .. b.Gradient!.ToArray<float>()]);
        Gradients.Clip([store], 0.5);
        Assert.Equal(
            [0.3f, 0f, 0.4f],
            [.. a.Gradient!.ToArray<float>(), .. b.Gradient!.ToArray<float>()],
            (x, y) => Math.Abs(x - y) < 1e-6
        );
    }

    [Fact]
    public void Movement_is_the_distance_over_the_length_at_the_beginning()
    {
        using var store = new ParameterStore();
        var weight = store.Root.Parameter("w", [4], Initial.Constant(2));
        using var movement = new WeightMovement(store);
        Assert.Equal(0, movement.Moved(store));
        using (new NoGradient())
            weight.FillInPlace(2.5);
        Assert.Equal(0.25, movement.Moved(store), 1e-6);
    }

    /// <summary>One epoch or more on 9 images of the first class and 3 of the second.</summary>
    private List<(long Label, double? Weight)> Train(string training)
    {
        var run = new SmallRun(small.Cohort, Path.Combine(small.Folder, Guid.NewGuid().ToString("N")), training);
        var set = new PatchSet(small.Cohort, run.Read.Input, null);
        Patch[] uneven =
        [
            .. set.Patches.Where(p => p.Label == 0).Take(9),
            .. set.Patches.Where(p => p.Label == 1).Take(3),
        ];
        using var model = new Watched(run.Read.Build(2, Device.Cpu));
        var reader = new BatchReader(set, run.Read.Training.Batch, Device.Cpu);
        var examples = new ImageExamples(reader, uneven, [], run.Read, seed: 1);
        var rule = new ClassifierTraining(run.Read, model, examples);
        _ = new TrainingLoop<RawBatch>(rule, run.Read.Training, run.Run, this).Run();
        return model.Seen;
    }

    void ITrainingProgress.Step(int epoch, int step, int steps, MeanLoss soFar) { }

    void ITrainingProgress.Epoch(EpochRow row, RunState state) => rates.Add(row.Rate);

    /// <summary>A classifier that notes which weight came with which label.</summary>
    private sealed class Watched(IClassifier inner) : IClassifier
    {
        internal List<(long Label, double? Weight)> Seen { get; } = [];

        public ParameterStore Store => inner.Store;

        public Outcome Judge(Batch batch)
        {
            var weights = batch.Weights?.ToArray<float>();
            Seen.AddRange(batch.Target.ToArray<long>().Select((label, i) => (label, (double?)weights?[i])));
            return inner.Judge(batch);
        }

        public Tensor Predict(Batch batch) => inner.Predict(batch);

        public void Dispose() => inner.Dispose();
    }
}
