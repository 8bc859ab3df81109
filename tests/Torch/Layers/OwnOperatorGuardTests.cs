using System.IO.Compression;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Scripts;

namespace Coverslip.Torch.Tests.Layers;

/// <summary>
/// Layers choose native/torch's operators by themselves: what they leave to libtorch under autocast, and while a network
/// is traced, which then holds libtorch's own operators only.
/// </summary>
[NoTensorLeaks]
public sealed class OwnOperatorGuardTests
{
    private static readonly Conv2dOptions Own = new() { Padding = 1, Own = true };

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public void Under_autocast_an_own_convolution_is_as_short_as_every_other(int kernel)
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var convolution = new Conv2d(store.Root, 16, 16, kernel, Own with { Padding = kernel / 2 });
        var x = Images();
        Assert.Equal(DType.Float32, convolution.ForwardScaled(x, null).DType);
        using (new Autocast(default, DType.BFloat16))
        {
            Assert.Equal(DType.BFloat16, convolution.Forward(x).DType);
            Assert.Equal(DType.BFloat16, convolution.ForwardScaled(x, Tensor.Rand([1, 16, 1, 1])).DType);
        }
    }

    /// <summary>Maps are stored in eight bits, and nothing is multiplied in them: weights and their gradients are not rounded.</summary>
    [Fact]
    public void Under_autocast_large_maps_meet_weights_that_are_not_rounded()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        TorchRuntime.Seed(2);
        var own = new Conv2d(store.Root / "own", 16, 24, 3, Own with { Bias = false });
        var x = Tensor.Rand([2, 16, 48, 48]).Contiguous(MemoryFormat.ChannelsLast).To(DType.BFloat16);
        Tensor[] Gradients(Func<Tensor, Tensor> convolve)
        {
            store.ClearGradients();
            var y = convolve(x);
            y.To(DType.Float32).Sum().Backward();
            return [y.To(DType.Float64), own.Weight.Gradient!.To(DType.Float64)];
        }
        var wanted = Gradients(i =>
            i.To(DType.Float64).Conv2d(own.Weight.To(DType.Float64), null, new ConvGeometry { Padding = 1 })
        );
        using var cast = new Autocast(default, DType.BFloat16);
        var here = Gradients(own.Forward);
        Assert.True(Off(here[0], wanted[0]) < 2e-3);
        if (TorchRuntime.Simd != "none" && !Processor.HasBfloat16Tiles)
            Assert.True(Off(here[1], wanted[1]) < 2e-5);
    }

    private static double Off(Tensor here, Tensor wanted) => (here - wanted).Norm().Item() / wanted.Norm().Item();

    [Fact]
    public void Under_autocast_the_loss_of_rows_and_the_largest_of_each_are_libtorchs()
    {
        using var scope = new TensorScope();
        TorchRuntime.Seed(2);
        var (scores, target) = (Tensor.Randn([2000, 7]), Tensor.From<long>(new long[2000]));
        using var cast = new Autocast(default, DType.BFloat16);
        // To the last digit: the own operator adds up in another order.
        Assert.Equal(Losses.CrossEntropy(scores, target).Item(), Losses.CrossEntropyOfRows(scores, target).Item());
        Assert.Equal(scores.To(DType.Float64).Argmax(1).ToArray<long>(), scores.Argmax(1).ToArray<long>());
    }

    [Fact]
    public void Factors_of_channels_are_those_of_the_image()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var convolution = new Conv2d(store.Root, 16, 16, 3, Own);
        var (x, factors) = (Images(), Tensor.Rand([1, 16, 1, 1]));
        Golden.Near(convolution.Forward(x * factors), convolution.ForwardScaled(x, factors), "factors", 1e-5);
    }

    [Fact]
    public void A_traced_network_holds_libtorchs_operators_only()
    {
        var path = Path.Combine(Path.GetTempPath(), $"coverslip-{Guid.NewGuid():n}.pt");
        try
        {
            using var scope = new TensorScope();
            using var store = new ParameterStore();
            var (first, second) = (
                new Conv2d(store.Root / "first", 16, 16, 3, Own),
                new Conv2d(store.Root / "second", 16, 32, 1, new Conv2dOptions { Own = true })
            );
            var norm = new BatchNorm2d(store.Root / "norm", 16, activation: Activation.Relu);
            store.ToChannelsLast();
            TorchScript.Save(
                path,
                [store],
                inputs =>
                {
                    var y = second.Forward(norm.Forward(first.ForwardScaled(inputs[0], inputs[1]))).GatedElu();
                    var rows = y.Permute(0, 2, 3, 1).Reshape(-1, 16);
                    var labels = rows.Argmax(1);
                    return [y, labels, Losses.CrossEntropyOfRows(rows, labels)];
                },
                [Images(), Tensor.Rand([1, 16, 1, 1])]
            );
            using var file = ZipFile.OpenRead(path);
            var code = string.Join(
                '\n',
                file.Entries.Where(e => e.Name.EndsWith(".py", StringComparison.Ordinal)).Select(Text)
            );
            Assert.Contains("batch_norm", code);
            Assert.Contains("argmax", code);
            Assert.DoesNotContain("ops.coverslip", code);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Tensor Images() => Tensor.Randn([1, 16, 40, 40]).Contiguous(MemoryFormat.ChannelsLast);

    private static string Text(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(entry.Open());
        return reader.ReadToEnd();
    }
}
