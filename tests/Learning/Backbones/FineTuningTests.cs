using Coverslip.Learning.Backbones;
using Coverslip.Learning.Recipes;
using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Backbones;

/// <summary>Which stages learn, how fast, and that what does not learn stays to the last bit.</summary>
[NoTensorLeaks]
public sealed class FineTuningTests
{
    [Theory]
    [InlineData("resnet-18-torchvision", 1, "layer4")]
    [InlineData("resnet-18-torchvision", 4, "layer1 layer2 layer3 layer4")]
    [InlineData("resnet-18-torchvision", 5, "conv1 bn1 layer1 layer2 layer3 layer4")]
    [InlineData("densenet-121", 1, "features.denseblock4 features.norm5")]
    [InlineData("mobilenet-v2", 1, "features.18")]
    [InlineData("googlenet", 2, "inception5a inception5b")]
    public void The_last_stages_are_trained_and_no_others(string name, int stages, string trained)
    {
        using var store = Network(name, new FineTuning { Stages = stages });
        string[] expected = trained.Split(' ');
        Assert.Equal(expected, Modules(store.Trainable.Select(p => p.Path)));
        Assert.Contains("head.weight", store.Trainable.Select(p => p.Path));
    }

    [Theory]
    [InlineData("mobilenet-v1")]
    [InlineData("inception-v3")]
    [InlineData("xception")]
    [InlineData("nasnet-mobile")]
    public void None_leaves_what_stands_on_the_network(string name)
    {
        using var store = Network(name, new FineTuning { Stages = 0 });
        Assert.Equal(["head.weight", "head.bias"], store.Trainable.Select(p => p.Path));
    }

    [Fact]
    public void Rates_fall_from_a_stage_to_the_one_below_it()
    {
        using var store = Network("resnet-18-torchvision", new FineTuning { RateDecay = 0.5 });
        Assert.Equal(1, store.RateFactor("head.weight"));
        Assert.Equal(0.5, store.RateFactor("net.layer4.1.conv2.weight"));
        Assert.Equal(0.0625, store.RateFactor("net.layer1.0.bn1.weight"));
        Assert.Equal(0.03125, store.RateFactor("net.bn1.bias"));
    }

    [Fact]
    public void More_stages_than_there_are_is_refused_with_their_names()
    {
        var error = Assert.Throws<RecipeException>(() =>
            Network("resnet-18-torchvision", new FineTuning { Stages = 9 }).Dispose()
        );
        Assert.Equal(
            "network.trainable is last-9; resnet-18-torchvision has 5 stages: conv1, layer1, layer2, layer3, layer4; set it to none, last-1 to last-5, or all",
            error.Message
        );
    }

    /// <summary>Frozen normalizations use their running statistics, which do not move; those above learn from the batch.</summary>
    [Fact]
    public void Statistics_of_what_is_not_trained_stay()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var kind = KnownBackbones.Named("mobilenet-v2");
        var network = kind.Build(store.Root / "net", new BackboneOptions { Classes = 0, Width = 0.25 });
        new FineTuning { Stages = 2 }.Apply(store.Root / "net", kind);
        var before = store.Buffers.ToDictionary(b => b.Path, b => b.Value.Clone());
        network.Forward(Tensor.Rand([2, 3, 64, 64]));
        var moved = store.Buffers.Where(b => (b.Value - before[b.Path]).To(DType.Float32).Norm().Item() > 0);
        Assert.Equal(["features.17", "features.18"], Modules(moved.Select(b => b.Path)));
    }

    private static ParameterStore Network(string name, FineTuning tuning)
    {
        // Which paths there are is asked, not what stands in them.
        var store = new ParameterStore { Unfilled = true };
        try
        {
            var kind = KnownBackbones.Named(name);
            kind.Build(store.Root / "net", new BackboneOptions { Classes = 0 });
            _ = new Linear(store.Root / "head", 2, 2);
            tuning.Apply(store.Root / "net", kind);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private static string[] Modules(IEnumerable<string> paths) =>
        [
            .. paths
                .Where(p => p.StartsWith("net.", StringComparison.Ordinal))
                .Select(p => p.Split('.'))
                .Select(p => p[1] == "features" ? $"{p[1]}.{p[2]}" : p[1])
                .Distinct(),
        ];
}
