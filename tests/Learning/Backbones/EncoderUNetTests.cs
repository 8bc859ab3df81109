using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Backbones;

/// <summary>The U-Net on a residual network: sizes, keys, skip connections, folding.</summary>
[NoTensorLeaks]
public sealed class EncoderUNetTests
{
    private static readonly UNetOptions Shape = new()
    {
        Encoder = KnownBackbones.Named("resnet-18-torchvision"),
        Output = 5,
    };

    public EncoderUNetTests() => TorchRuntime.Seed(3);

    [Fact]
    public void Maps_have_the_inputs_size_also_where_sides_cannot_be_halved_so_often()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var network = new EncoderUNet(store.Root, Shape);
        var seen = new List<string>();
        using var inference = new Inference();
        var output = network.Forward(
            Tensor.Rand([2, 3, 45, 70]),
            (level, map) => seen.Add($"{level} {string.Join(' ', map.Shape[1..])}")
        );
        Assert.Equal([2L, 5, 45, 70], output.Shape);
        Assert.Equal(
            [
                "encoder.0 64 23 35",
                "encoder.1 64 12 18",
                "encoder.2 128 6 9",
                "encoder.3 256 3 5",
                "encoder.4 512 2 3",
                "decoder.3 128 3 5",
                "decoder.2 64 6 9",
                "decoder.1 48 12 18",
                "decoder.0 32 23 35",
            ],
            seen
        );
    }

    /// <summary>Encoder as torchvision counts it without its classifier; decoder by hand.</summary>
    [Theory]
    [InlineData("resnet-18-torchvision", 11_176_512, 1)]
    [InlineData("resnet-50", 23_508_032, 4)]
    public void As_many_parameters_as_its_layers_say(string name, long encoder, int expansion)
    {
        using var store = new ParameterStore { Unfilled = true };
        _ = new EncoderUNet(store.Root, Shape with { Encoder = KnownBackbones.Named(name) });
        long Level(int below, int skip, int width) =>
            ((long)(below + skip) * width * 9) + (width * width * 9) + (4 * width);
        var e = expansion;
        var decoder =
            Level(512 * e, 256 * e, 128) + Level(128, 128 * e, 64) + Level(64, 64 * e, 48) + Level(48, 64, 32);
        Assert.Equal(encoder + decoder + (32 * 5 * 9) + 5, store.ParameterCount);
    }

    /// <summary>Without the outermost skip the first map reaches the output through the second only.</summary>
    [Theory]
    [InlineData(new[] { 0 }, true)]
    [InlineData(new int[0], false)]
    public void The_outermost_skip_is_left_out(int[] without, bool blind)
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var network = new EncoderUNet(store.Root, Shape with { WithoutSkip = without });
        using var off = new NoGradient();
        Tensor Cut(Tensor image) =>
            network.Forward(
                image,
                (level, map) =>
                {
                    if (level == "encoder.1")
                        map.ZeroInPlace();
                }
            );
        var difference = (Cut(Tensor.Rand([2, 3, 64, 64])) - Cut(Tensor.Rand([2, 3, 64, 64]))).Abs().Max().Item();
        Assert.True(difference == 0 == blind, $"the outputs differ by {difference}");
    }

    [Fact]
    public void Folded_for_prediction_it_gives_the_same_scores()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var network = new EncoderUNet(store.Root, Shape);
        store.ToChannelsLast();
        using var inference = new Inference();
        var image = Tensor.Rand([2, 3, 64, 64]).Contiguous(MemoryFormat.ChannelsLast);
        network.Forward(image); // statistics that are none of a beginning
        store.Training = false;
        var before = network.Forward(image).Contiguous().ToArray<float>();
        store.Fold(DType.Float32);
        var folded = network.Forward(image).Contiguous().ToArray<float>();
        var scale = before.Max(Math.Abs);
        Assert.All(before.Zip(folded), p => Assert.InRange(Math.Abs(p.First - p.Second), 0, 1e-4 * scale));
    }

    [Theory]
    [InlineData("densenet-121", "a U-Net's encoder is densenet-121; it is one of resnet-18, ")]
    public void What_cannot_be_an_encoder_is_refused(string name, string expected)
    {
        using var store = new ParameterStore { Unfilled = true };
        var error = Assert.Throws<ArgumentException>(() =>
            new EncoderUNet(store.Root, Shape with { Encoder = KnownBackbones.Named(name) })
        );
        Assert.StartsWith(expected, error.Message);
    }
}
