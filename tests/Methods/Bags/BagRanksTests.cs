using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Tests;
using Coverslip.Methods.Bags;
using Coverslip.Methods.Tests.MultiStage;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.Bags;

/// <summary>Bags by several ranks against one process; of steps of three bags a rank has two, one or none.</summary>
[NoTensorLeaks]
public sealed class BagRanksTests : IDisposable
{
    private const int Numbers = 6;
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(nameof(BagKind.GatedAttention), 2)]
    [InlineData(nameof(BagKind.ClamMb), 4)] // whose layers of instances are used for one class at a time
    public void Losses_and_weights_equal_those_of_one_process(string kind, int ranks)
    {
        Bag[] bags =
        [
            .. Enumerable.Range(0, 9).Select(i => new Bag([new CohortRow(i, $"b{i}", $"{i % 3}", $"p{i}")], i % 3)),
        ];
        var recipe = new BagsRecipe
        {
            Training = new TrainingOptions
            {
                Epochs = 17,
                Batch = 3,
                Optimizer = OptimizerKind.Sgd,
                Rate = 0.02,
                Schedule = RateSchedule.Constant,
                Patience = 0,
            },
            Bags = new BagOptions
            {
                Kind = Enum.Parse<BagKind>(kind),
                Hidden = 8,
                Dropout = 0,
                Sampled = 2,
            },
        };
        var steps = SeveralRanks.EqualOne(
            folder,
            ranks,
            run =>
            {
                using var reader = SeveralRanks.Alike(() =>
                    new NetworkReader(new BagShape(Numbers, 3, recipe.Bags), default)
                );
                var task = new BagTask(recipe, new Drawn(), bags, bags[..3], 4) { Classes = 3 };
                return NetworkFit.Of(task, reader, run, new LearningTests.Silent(), default).Outcome;
            }
        );
        Assert.Equal(51, steps);
    }

    private sealed class Drawn : IBagFeatures
    {
        public string Identity => "drawn";

        public int Numbers => BagRanksTests.Numbers;

        public BagInstances Of(Bag bag, CancellationToken stop)
        {
            var count = 8 + bag.First.Number;
            var values = GoldenBackbone.Draw(bag.First.Image, count * Numbers);
            return new BagInstances([.. values.Select(v => (Half)(v + (0.5f * bag.Class)))], Numbers);
        }

        public void Dispose() { }
    }
}
