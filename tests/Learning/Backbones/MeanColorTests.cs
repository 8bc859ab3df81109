using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Tests.Backbones;

[Torch.Tests.NoTensorLeaks]
public sealed class MeanColorTests
{
    [Fact]
    public void It_gives_means_and_deviations_of_colors_and_has_no_weights()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var network = KnownBackbones.Trivial.Build(store.Root, new BackboneOptions { Classes = 0 });
        var map = network.Forward(Tensor.From<float>([1, 3, 0, 0, -1, 1], 1, 3, 1, 2)).Map;
        Assert.Equal([1, 6, 1, 1], map.Shape);
        // Of red 1 and 3: mean 2, deviation 1; of green 0 and 0; of blue −1 and 1. Four times each.
        double[] expected = [8, 0, 0, 4, 0, 4];
        foreach (var (value, right) in map.ToArray<float>().Zip(expected))
            Assert.Equal(right, value, 0.01);
        Assert.Equal(0, store.ParameterCount);
    }

    [Fact]
    public void It_is_none_of_the_published_networks_and_is_read_by_its_name()
    {
        Assert.DoesNotContain(KnownBackbones.Trivial, KnownBackbones.All);
        Assert.Same(KnownBackbones.Trivial, KnownBackbones.Named("mean-color"));
        var error = Assert.Throws<ArgumentException>(() => KnownBackbones.Named("mean-colour"));
        Assert.DoesNotContain("mean-color,", error.Message);
    }
}
