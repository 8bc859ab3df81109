using Coverslip.Torch.Layers;

namespace Coverslip.Torch.Tests.Layers;

[NoTensorLeaks]
public sealed class ParameterStoreTests
{
    [Fact]
    public void Parameters_are_born_with_their_path()
    {
        using var store = new ParameterStore(TestDevice.Current);
        _ = new Conv2d(store.Root / "layer1" / 0 / "conv1", 3, 4, 3);
        _ = new BatchNorm2d(store.Root / "bn", 4);
        Assert.Equal(
            ["layer1.0.conv1.weight", "layer1.0.conv1.bias", "bn.weight", "bn.bias"],
            store.Parameters.Select(p => p.Path)
        );
        Assert.Equal(
            ["bn.running_mean", "bn.running_var", "bn.num_batches_tracked"],
            store.Buffers.Select(p => p.Path)
        );
        Assert.Equal(4 * 27 + 4 + 8, store.ParameterCount);
        Assert.All(store.Parameters, p => Assert.True(p.Value.RequiresGrad));
        Assert.All(store.Buffers, p => Assert.False(p.Value.RequiresGrad));
    }

    [Fact]
    public void A_path_that_stands_already_is_refused()
    {
        using var store = new ParameterStore();
        _ = new Linear(store.Root / "fc", 2, 2);
        Assert.Contains(
            "'fc.weight'",
            Assert.Throws<ArgumentException>(() => new Linear(store.Root / "fc", 2, 2)).Message
        );
    }

    [Fact]
    public void A_mistyped_key_names_the_nearest()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        _ = new Linear(store.Root / "classifier", 2, 3);
        _ = new Linear(store.Root / "gate", 2, 2);
        Assert.Contains("'gate.bias'", Assert.Throws<KeyNotFoundException>(() => store["gat.bias"]).Message);
        var values = store.All.ToDictionary(p => p.Path, p => p.Value);
        values.Remove("classifier.weight");
        values["clasifier.weight"] = Tensor.Zeros([3, 2]);
        values["gate.weight"] = Tensor.Zeros([9, 2]);
        var before = store["gate.bias"].ToArray<float>();
        values["gate.bias"] = Tensor.Full([2], 5);
        var error = Assert.Throws<TorchException>(() => store.Load(values)).Message;
        Assert.Contains("missing 'classifier.weight' [3, 2] (nearest: 'clasifier.weight')", error);
        Assert.Contains("unexpected 'clasifier.weight' [3, 2] (nearest: 'classifier.weight')", error);
        Assert.Contains("'gate.weight' is [9, 2], expected was [2, 2]", error);
        Assert.Equal(before, store["gate.bias"].ToArray<float>());
        Assert.Throws<TorchException>(() => store.Load(values, strict: false));
        values.Remove("gate.weight");
        store.Load(values, strict: false);
        Assert.Equal([5f, 5], store["gate.bias"].ToArray<float>());
    }

    [Fact]
    public void A_part_is_loaded_by_keys_relative_to_its_path()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        _ = new Linear(store.Root / "inner" / "fc", 2, 1);
        _ = new Linear(store.Root / "inner2" / "fc", 2, 1);
        var at = store.Root / "inner";
        var values = new Dictionary<string, Tensor> { ["fc.weight"] = Tensor.From<float>([3, 4], 1, 2) };
        var error = Assert.Throws<TorchException>(() => at.Load(values, _ => false)).Message;
        Assert.Equal("the weights do not fit the network: missing 'fc.bias' [1]", error);
        at.Load(values, path => path == "fc.bias");
        Assert.Equal([3f, 4], store["inner.fc.weight"].ToArray<float>());
        values["fb.bias"] = Tensor.Zeros([1]);
        error = Assert.Throws<TorchException>(() => at.Load(values, path => path == "fc.bias")).Message;
        Assert.Equal("the weights do not fit the network: unexpected 'fb.bias' [1] (nearest: 'fc.bias')", error);
    }

    [Fact]
    public void Its_device_and_type_are_everythings()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore(TestDevice.Current, DType.Float64);
        var norm = new BatchNorm2d(store.Root, 2);
        Assert.All(
            store.All.Where(p => p.Path != "num_batches_tracked"),
            p => Assert.Equal(DType.Float64, p.Value.DType)
        );
        Assert.All(store.All, p => Assert.Equal(TestDevice.Current, p.Value.Device));
        norm.Forward(Tensor.Rand([2, 2, 3, 3], DType.Float64, TestDevice.Current));
        Assert.Equal(1, store["num_batches_tracked"].Item());
    }
}
