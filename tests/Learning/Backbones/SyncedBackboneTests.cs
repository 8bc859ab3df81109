using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Distributed;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Optimizers;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Backbones;

/// <summary>
/// A whole network with batch normalization over ranks, in double precision: such networks enlarge differences of the last digit
/// of float32 a hundredfold with each step on tiny maps, which would hide a mistake.
/// </summary>
[NoTensorLeaks]
public sealed class SyncedBackboneTests
{
    private const int Images = 5,
        Side = 32,
        Steps = 3;

    [Fact]
    public void Steps_of_ranks_equal_those_of_one_process()
    {
        var (name, ranks) = ("mobilenet-v2", 3);
        var alone = Trained(name, null, 0, Images);
        var together = TogetherRanks.Run(
            ranks,
            group =>
            {
                var first = (group.Rank * (Images / ranks)) + Math.Min(group.Rank, Images % ranks);
                return Trained(name, group, first, (Images / ranks) + (group.Rank < Images % ranks ? 1 : 0));
            }
        );
        foreach (var (path, wanted) in alone)
        foreach (var given in together)
        {
            var off = Math.Sqrt(wanted.Zip(given[path], (a, b) => (a - b) * (a - b)).Sum());
            var length = Math.Sqrt(wanted.Sum(a => a * a));
            Assert.True(off <= 1e-6 * length + 1e-9, $"{path} is {off / length:g3} apart");
        }
    }

    private static Dictionary<string, double[]> Trained(string name, ProcessGroup? group, int first, int count)
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore(type: DType.Float64) { StatisticsOver = group };
        var network = KnownBackbones
            .Named(name)
            .Build(
                store.Root,
                new BackboneOptions
                {
                    Classes = 3,
                    Dropout = 0,
                    Width = 0.25,
                }
            );
        GoldenBackbone.Fill(store);
        store.ToChannelsLast();
        var images = Tensor
            .From(
                [.. GoldenBackbone.Draw("images", Images * 3 * Side * Side).Select(v => (double)v)],
                Images,
                3,
                Side,
                Side
            )
            .Narrow(0, first, count)
            .Contiguous(MemoryFormat.ChannelsLast);
        var target = Tensor.From<long>([0, 1, 2, 1, 0]).Narrow(0, first, count);
        using var reducer = group is null
            ? null
            : new GradientReducer(group, [.. store.Trainable.Select(p => p.Value)]);
        using var sgd = new Sgd(store, 1e-3, new SgdOptions { Momentum = 0.9 });
        for (var step = 0; step < Steps; step++)
        {
            using var inner = new TensorScope();
            store.ClearGradients();
            reducer?.Begin();
            var loss = Losses.CrossEntropy(network.Forward(images).Scores!, target);
            (loss * ((double)count * (group?.Size ?? 1) / Images)).Backward();
            reducer?.End();
            sgd.Step();
        }
        return store.All.ToDictionary(p => p.Path, p => p.Value.To(DType.Float64).ToArray<double>());
    }
}
