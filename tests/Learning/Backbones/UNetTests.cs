using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Backbones;

/// <summary>U-Nets against a plain rendering in PyTorch (golden/unet.py), and what that cannot say.</summary>
[NoTensorLeaks]
public sealed class UNetTests
{
    private static readonly Dictionary<string, (UNetOptions Options, long[] Shape)> Cases = new()
    {
        ["plain"] = (new UNetOptions { Width = 16, Output = 5 }, [2, 3, 64, 48]),
        ["norm"] = (
            new UNetOptions
            {
                Input = 16,
                Width = 16,
                Depth = 3,
                WithoutSkip = [0],
                Normalize = true,
            },
            [2, 16, 37, 53]
        ),
        ["odd"] = (new UNetOptions { Width = 4 }, [1, 3, 300, 300]),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Levels_scores_and_gradients_equal_PyTorchs_in_double_precision(string name) =>
        Expect(name, DType.Float64, 1e-6);

    /// <summary>Winograd's convolutions among them, which round in the last digits.</summary>
    [Theory, MemberData(nameof(Names))]
    public void Levels_scores_and_gradients_equal_PyTorchs_pixel_by_pixel(string name) =>
        Expect(name, DType.Float32, 1e-4);

    [Fact]
    public void The_published_shape_has_the_keys_of_the_plain_rendering()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        _ = new UNet(store.Root, new UNetOptions());
        new GoldenBackbone("published", "unet.safetensors").ExpectKeys(store);
        Assert.Equal(31_031_810, store.ParameterCount);
    }

    [Fact]
    public void Folded_for_prediction_it_gives_the_same_scores()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var (options, shape) = Cases["norm"];
        var network = new UNet(store.Root, options);
        GoldenBackbone.Fill(store);
        store.Fold(DType.Float32);
        using var inference = new Inference();
        var scores = network.Forward(GoldenBackbone.Input(shape).Contiguous(MemoryFormat.ChannelsLast));
        new GoldenBackbone("norm", "unet.safetensors").Expect("eval/scores", scores);
    }

    [Fact]
    public void Sides_too_small_and_options_out_of_range_are_refused()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var network = new UNet(store.Root, new UNetOptions { Width = 2, Depth = 3 });
        var error = Assert.Throws<ArgumentException>(() => network.Forward(Tensor.Zeros([1, 3, 7, 9])));
        Assert.Contains("sides of at least 8", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() =>
            new UNet(store.Root / "other", new UNetOptions { WithoutSkip = [4] })
        );
        Assert.Contains("WithoutSkip is 4", error.Message, StringComparison.Ordinal);
    }

    private static void Expect(string name, DType type, double share)
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore(type: type);
        var golden = new GoldenBackbone(name, "unet.safetensors");
        var (options, shape) = Cases[name];
        var network = new UNet(store.Root, options);
        golden.ExpectKeys(store);
        GoldenBackbone.Fill(store);
        store.ToChannelsLast();
        var images = GoldenBackbone.Input(shape).To(type).Contiguous(MemoryFormat.ChannelsLast);
        foreach (var mode in (string[])["eval", "train"])
        {
            var wanted = golden.Of(mode);
            store.Training = mode == "train";
            using var off = new NoGradient();
            var seen = 0;
            var scores = network.Forward(
                images,
                (key, map) =>
                {
                    if (!wanted.Contains(key))
                        return;
                    seen++;
                    golden.Expect($"{mode}/{key}", map, share);
                }
            );
            if (wanted.Count == 0)
                continue;
            Assert.Equal(3, seen);
            golden.Expect($"{mode}/scores", scores, share);
            if (mode == "train")
                golden.Expect(
                    "train/statistics",
                    Tensor.Cat([store["decoder.0.norm2.running_mean"], store["decoder.0.norm2.running_var"]], 0),
                    share
                );
        }
        store.Training = true;
        var output = network.Forward(images);
        (output * Tensor.From(GoldenBackbone.Draw("loss", (int)output.Count), output.Shape).To(type)).Sum().Backward();
        // In single precision a sum at a ReLU's bend may fall on its other side.
        foreach (var key in golden.Of("gradient"))
            golden.Expect($"gradient/{key}", store[key].Gradient!, type == DType.Float64 ? share : 1e-2);
    }
}
