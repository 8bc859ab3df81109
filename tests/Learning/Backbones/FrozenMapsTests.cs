using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Backbones;

/// <summary>Maps of frozen stages: computed once for each image, and the network's own within half precision.</summary>
[NoTensorLeaks]
public sealed class FrozenMapsTests
{
    [Fact]
    public void Each_image_is_computed_once_whatever_is_beside_it()
    {
        using var scope = new TensorScope();
        var computed = 0L;
        using var maps = new FrozenMaps(Below, long.MaxValue);
        var images = Tensor.From(GoldenBackbone.Draw("images", 4 * 3 * 8 * 8, 0.5, 0.5), 4, 3, 8, 8);
        var first = maps.Of(images.Narrow(0, 0, 2)).ToArray<float>();
        var mixed = maps.Of(Tensor.Cat([images.Narrow(0, 2, 2), images.Narrow(0, 1, 1)], 0));
        Assert.Equal(4, computed);
        var again = maps.Of(images).ToArray<float>();
        Assert.Equal(4, computed);
        Assert.Equal([3L, 6, 4, 4], mixed.Shape);
        Assert.Equal(first, again[..first.Length]);
        Assert.Equal(mixed.Narrow(0, 2, 1).ToArray<float>(), again[(first.Length / 2)..first.Length]);
        var exact = Computed(images).ToArray<float>();
        Assert.All(exact.Zip(again), p => Assert.Equal(p.First, p.Second, 1e-3f * Math.Abs(p.First) + 1e-6f));

        Tensor Below(Tensor x)
        {
            computed += x.Size(0);
            return Computed(x);
        }
    }

    [Fact]
    public void What_does_not_fit_is_computed_again()
    {
        using var scope = new TensorScope();
        var computed = 0L;
        const int each = 6 * 4 * 4 * 2;
        using var maps = new FrozenMaps(
            x =>
            {
                computed += x.Size(0);
                return Computed(x);
            },
            2 * each + 1
        );
        var images = Tensor.From(GoldenBackbone.Draw("images", 3 * 3 * 8 * 8, 0.5, 0.5), 3, 3, 8, 8);
        var first = maps.Of(images).ToArray<float>();
        Assert.Equal(first, maps.Of(images).ToArray<float>());
        Assert.Equal(3 + 1, computed);
    }

    [Fact]
    public void A_residual_network_in_two_is_the_network()
    {
        using var scope = new TensorScope();
        using var off = new NoGradient();
        using var store = new ParameterStore { Training = false };
        var kind = KnownBackbones.Named("resnet-18-torchvision");
        var network = kind.Build(store.Root / "net", new BackboneOptions { Classes = 0 });
        var images = GoldenBackbone.Input(2, 3, 32, 48);
        var whole = network.Forward(images).Map.ToArray<float>();
        Assert.Contains(whole, v => v > 1e-3);
        foreach (var trained in new[] { 0, 1, 4 })
        {
            var (below, above) = new FineTuning { Stages = trained }
                .Divide(network, store.Root / "net", kind)!
                .Value;
            Assert.Equal(whole, above(below(images)).Map.ToArray<float>());
        }
        Assert.Null(new FineTuning { Stages = 5 }.Divide(network, store.Root / "net", kind));
        Assert.Null(new FineTuning().Divide(network, store.Root / "net", kind));
    }

    /// <summary>[B, 3, 8, 8] → [B, 6, 4, 4].</summary>
    private static Tensor Computed(Tensor x)
    {
        var pooled = x.MaxPool2d(2, 2, 0);
        return Tensor.Cat([pooled, pooled.Square() / 3], 1);
    }
}
