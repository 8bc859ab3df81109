using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Scripts;
using Coverslip.Torch.Tests;
using Microsoft.ML.OnnxRuntime;
using Tensor = Coverslip.Torch.Tensor;

namespace Coverslip.Learning.Tests.Backbones;

/// <summary>ONNX files of networks, computed by ONNX Runtime, say what libtorch's own operators say unfolded.</summary>
[NoTensorLeaks]
public sealed class OnnxFileTests
{
    // Network, width, side of the image.
    public static TheoryData<string, double, int> Networks =>
        new()
        {
            { "densenet-121", 1, 32 },
            { "googlenet", 1, 32 },
            { "inception-v3", 0.25, 75 },
            { "mobilenet-v1", 0.25, 32 },
            { "mobilenet-v2", 0.25, 45 },
            { "nasnet-mobile", 1, 32 },
            { "resnet-18-torchvision", 1, 45 },
        };

    [Theory, MemberData(nameof(Networks))]
    public void A_published_network(string name, double width, int side) =>
        Compare(
            store =>
            {
                var network = KnownBackbones
                    .Named(name)
                    .Build(store.Root, new BackboneOptions { Classes = 7, Width = width });
                return x => network.Forward(x).Scores!;
            },
            [2, 3, side, side]
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_U_Net_of_odd_sides(bool normalize) =>
        Compare(
            store =>
            {
                var options = new UNetOptions
                {
                    Width = 8,
                    Depth = 2,
                    Normalize = normalize,
                    WithoutSkip = [1],
                };
                var network = new UNet(store.Root, options);
                return x => network.Forward(x);
            },
            [2, 3, 21, 26]
        );

    /// <summary>Over eight bits, with the ranges of the very images: near float32, and every convolution there.</summary>
    [Theory]
    [InlineData("densenet-121", 1, 32)]
    [InlineData("googlenet", 1, 32)]
    [InlineData("mobilenet-v2", 0.25, 45)]
    [InlineData("nasnet-mobile", 1, 32)]
    [InlineData("resnet-18-torchvision", 1, 45)]
    public void A_published_network_over_eight_bits(string name, double width, int side)
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        TorchRuntime.Seed(3);
        var network = KnownBackbones.Named(name).Build(store.Root, new BackboneOptions { Classes = 7, Width = width });
        OverEightBits(store, x => network.Forward(x).Scores!, [3, 3, side, side]);
    }

    [Fact]
    public void A_U_Net_over_eight_bits()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        TorchRuntime.Seed(3);
        var network = new UNet(store.Root, new UNetOptions { Width = 8, Depth = 2 });
        OverEightBits(store, x => network.Forward(x), [3, 3, 21, 26]);
    }

    private static void OverEightBits(ParameterStore store, Func<Tensor, Tensor> network, long[] shape)
    {
        using var off = new NoGradient();
        var folder = Directory.CreateTempSubdirectory("coverslip-").FullName;
        string At(string name) => Path.Combine(folder, name);
        var images = Tensor.Rand(shape);
        var recording = OnnxFile.Record([store], network, Tensor.Rand([5, .. shape[1..]]));
        try
        {
            recording.SaveRanges(At("ranges.onnx"));
            var found = Computed(At("ranges.onnx"), images, OnnxFile.Output, OnnxRecording.Low, OnnxRecording.High);
            Assert.Equal([shape[0], recording.Maps], found[1].Shape);
            (float, float)[] ranges =
            [
                .. Enumerable
                    .Range(0, recording.Maps)
                    .Select(m =>
                        ((float)found[1].Select(1, m).Min().Item(), (float)found[2].Select(1, m).Max().Item())
                    ),
            ];
            recording.SaveInt8(At("int8.onnx"), ranges);
            recording.SaveInt8(At("first.onnx"), ranges, 0, 2);
            foreach (var file in (string[])["int8.onnx", "first.onnx"])
            {
                var said = Computed(At(file), images, OnnxFile.Output)[0];
                var share = (said - found[0]).Norm().Item() / found[0].Norm().Item();
                Assert.True(share is > 0 and <= 0.1, $"{file} is off by {share:0.0e+0} of the norm, allowed is 0.1");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Tensor[] Computed(string path, Tensor images, params string[] outputs)
    {
        using var session = new InferenceSession(path);
        using var input = OrtValue.CreateTensorValueFromMemory(images.ToArray<float>(), images.Shape);
        using var options = new RunOptions();
        using var results = session.Run(options, [OnnxFile.Input], [input], outputs);
        return
        [
            .. results.Select(r => Tensor.From<float>(r.GetTensorDataAsSpan<float>(), r.GetTensorTypeAndShape().Shape)),
        ];
    }

    [Fact]
    public void An_operator_without_a_form_is_named_and_no_file_is_left()
    {
        var path = Path.Combine(Path.GetTempPath(), $"coverslip-{Guid.NewGuid():n}.onnx");
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var error = Assert.Throws<NotSupportedException>(() =>
            OnnxFile.Save(
                path,
                [store],
                x => x.Roll([1], [2]),
                Tensor.Rand([2, 3, 4, 4]),
                new Dictionary<string, string>()
            )
        );
        Assert.Equal("aten::roll", error.Message);
        Assert.False(File.Exists(path));
        // And the next network is not recorded.
        Assert.Equal(4, (Tensor.Ones([4]) + 0).Sum().Item());
    }

    [Fact]
    public void A_network_that_does_not_look_at_its_images_is_refused()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var error = Assert.Throws<InvalidOperationException>(() =>
            OnnxFile.Save(
                "no.onnx",
                [store],
                _ => Tensor.Ones([2, 3]),
                Tensor.Rand([2, 3, 4, 4]),
                new Dictionary<string, string>()
            )
        );
        Assert.Contains("does not depend on its images", error.Message);
    }

    private static void Compare(Func<ParameterStore, Func<Tensor, Tensor>> build, long[] shape)
    {
        var path = Path.Combine(Path.GetTempPath(), $"coverslip-{Guid.NewGuid():n}.onnx");
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        TorchRuntime.Seed(3);
        var network = build(store);
        using var off = new NoGradient();
        foreach (var (name, value) in store.All)
            if (name.EndsWith("running_var", StringComparison.Ordinal))
                value.UniformInPlace(0.5, 1.5);
            else if (name.EndsWith("running_mean", StringComparison.Ordinal))
                value.UniformInPlace(-0.2, 0.2);
        try
        {
            // Other images, and another number of them, than the file is for.
            OnnxFile.Save(path, [store], network, Tensor.Rand([5, .. shape[1..]]), new Dictionary<string, string>());
            store.Training = true;
            store.Training = false;
            var images = Tensor.Rand(shape);
            var wanted = network(images.Contiguous(MemoryFormat.ChannelsLast));
            using var session = new InferenceSession(path);
            using var input = OrtValue.CreateTensorValueFromMemory(images.ToArray<float>(), shape);
            using var options = new RunOptions();
            using var results = session.Run(options, [OnnxFile.Input], [input], [OnnxFile.Output]);
            Assert.Equal(wanted.Shape, results[0].GetTensorTypeAndShape().Shape);
            var said = Tensor.From<float>(results[0].GetTensorDataAsSpan<float>(), wanted.Shape);
            var share = (said - wanted).Norm().Item() / wanted.Norm().Item();
            Assert.True(share <= 1e-5, $"off by {share:0.0e+0} of the norm, allowed is 1e-5");
        }
        finally
        {
            File.Delete(path);
        }
    }
}
