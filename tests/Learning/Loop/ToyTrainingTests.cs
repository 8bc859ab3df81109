using Coverslip.Learning.Loop;
using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Loop;

/// <summary>The loop over a batch type of its own: points of a line, fitted by two small models that draw dropout.</summary>
[NoTensorLeaks]
public sealed class ToyTrainingTests : IDisposable, ITrainingProgress
{
    private static readonly TrainingOptions Options = new()
    {
        Epochs = 6,
        Rate = 0.05,
        Schedule = RateSchedule.Constant,
        Patience = 0,
    };
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;
    private int steps;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_toy_rule_learns_and_resumes_to_the_same_numbers()
    {
        var (whole, weights) = Train("whole", Options);
        Assert.Equal(6 * 4, steps);
        Assert.Equal((6, 6), (whole.Epochs, Rows("whole").Count));
        Assert.True(Loss("whole")[^1] < Loss("whole")[0] / 2, string.Join(' ', Loss("whole")));
        Assert.Equal(["slope_moved", "offset_moved", "seen"], Header("whole")[^3..]);
        _ = Train("parts", Options with { Epochs = 2 });
        var (resumed, same) = Train("parts", Options);
        Assert.Equal(Rows("whole"), Rows("parts"));
        Assert.Equal(weights, same);
        Assert.Equal((whole.BestEpoch, whole.WeightsMoved), (resumed.BestEpoch, resumed.WeightsMoved));
        // A finished folder is read, not trained again.
        steps = 0;
        var (_, read) = Train("parts", Options);
        Assert.Equal(0, steps);
        Assert.Equal(weights, read);
    }

    [Fact]
    public void The_best_epoch_is_kept_and_patience_ends_the_training()
    {
        var (outcome, weights) = Train("patience", Options with { Epochs = 40, Patience = 2 }, worseFrom: 3);
        Assert.Equal((5, 2), (outcome.Epochs, outcome.BestEpoch));
        var (_, best) = Train("best", Options with { Epochs = 3 });
        Assert.Equal(best, weights);
    }

    [Fact]
    public void A_loss_that_is_no_number_is_refused_with_what_to_change_and_leaves_no_state()
    {
        var error = Assert.Throws<InvalidOperationException>(() =>
            Train("wild", Options with { Optimizer = OptimizerKind.Sgd, Rate = 1e30 })
        );
        Assert.Contains("at rate 1e+30; lower toy.rate", error.Message, StringComparison.Ordinal);
        Assert.False(new RunFolder(Path.Combine(folder, "wild")).Started);
    }

    private (FitOutcome Outcome, float[] Weights) Train(string name, TrainingOptions options, int worseFrom = 99)
    {
        TorchRuntime.Seed(4);
        using var rule = new LineRule { WorseFrom = worseFrom };
        var run = new RunFolder(Path.Combine(folder, name));
        var outcome = new TrainingLoop<Point[]>(rule, options, run, this).Run(TestContext.Current.CancellationToken);
        return (outcome, [.. rule.Stores.SelectMany(s => s.Store.All).SelectMany(p => p.Value.ToArray<float>())]);
    }

    private string[] Header(string name) =>
        File.ReadLines(Path.Combine(folder, name, "metrics.csv")).First().Split(',');

    /// <summary>All columns but that of seconds.</summary>
    private List<string> Rows(string name) =>
        [
            .. File.ReadLines(Path.Combine(folder, name, "metrics.csv"))
                .Skip(1)
                .Select(l => string.Join(',', l.Split(',').Where((_, i) => i != 1))),
        ];

    private double[] Loss(string name) =>
        [.. Rows(name).Select(r => double.Parse(r.Split(',')[2], System.Globalization.CultureInfo.InvariantCulture))];

    void ITrainingProgress.Step(int epoch, int step, int all, MeanLoss soFar) => steps++;

    void ITrainingProgress.Epoch(EpochRow row, RunState state) { }

    private readonly record struct Point(float X, float Y);

    /// <summary>y = slope · x + offset, each a model of its own, x dropped at random.</summary>
    private sealed class LineRule : ITrainingRule<Point[]>, IDisposable
    {
        private readonly ParameterStore slopes = new(TestDevice.Current),
            offsets = new(TestDevice.Current);
        private readonly Tensor slope,
            offset;
        private readonly Dropout dropout;
        private int epoch,
            seen;

        internal LineRule()
        {
            slope = slopes.Root.Parameter("slope", [1], Initial.Constant(0.5));
            offset = offsets.Root.Parameter("offset", [1], Initial.Constant(0.1));
            dropout = new Dropout(slopes.Root, 0.2);
            Stores = [new TrainedStore("slope", slopes), new TrainedStore("offset", offsets, Rate: 0.1)];
        }

        /// <summary>Epoch from which on validation says that all is worse.</summary>
        internal int WorseFrom { get; init; }

        public IReadOnlyList<TrainedStore> Stores { get; }

        public int Steps => 4;

        public long PerEpoch => 32;

        public string Remedy => "lower toy.rate";

        public IReadOnlyList<(string Name, double Value)> Figures => [("seen", seen)];

        public IEnumerable<Point[]> Epoch(int number)
        {
            (epoch, seen) = (number, 0);
            return Enumerable
                .Range(0, (int)PerEpoch)
                .Select(i => new Point(i / 16f, (2 * i / 16f) + 1 + (0.1f * ((i + number) % 3))))
                .Chunk((int)PerEpoch / Steps);
        }

        public StepLoss Gradients(Point[] batch, CancellationToken stop)
        {
            seen += batch.Length;
            var loss = Loss(batch);
            loss.Backward();
            return new StepLoss(new LossParts(loss.Item()), batch.Length);
        }

        public Judged? Judge(CancellationToken stop)
        {
            Assert.False(slopes.Training || offsets.Training);
            var loss = Loss([new Point(0, 1), new Point(1, 3)]).Item() + (epoch < WorseFrom ? 0 : 1000 + epoch);
            return new Judged(new LossParts(loss), double.NaN, double.NaN);
        }

        public void Dispose()
        {
            slopes.Dispose();
            offsets.Dispose();
        }

        private Tensor Loss(Point[] batch)
        {
            Tensor Column(Func<Point, float> of) => Tensor.From<float>([.. batch.Select(of)]).To(TestDevice.Current);
            return ((dropout.Forward(Column(p => p.X)) * slope) + offset - Column(p => p.Y)).Square().Mean();
        }
    }
}
