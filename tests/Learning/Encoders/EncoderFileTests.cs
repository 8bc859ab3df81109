using Coverslip.Learning.Encoders;
using Coverslip.Learning.Recipes;
using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Scripts;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Encoders;

/// <summary>Networks whole, as ONNX and TorchScript, whose outputs are known without them.</summary>
[NoTensorLeaks, Collection("box")]
public sealed class EncoderFileTests(BoxedResNetFile box) : IDisposable
{
    private const string Scaled = "size: 32\nmean: [0.5, 0.25, 0]\ndeviation: [0.5, 0.25, 1]";
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>The package's ONNX takes blue first in 0 – 255 less a mean; so described it is the box's encoder.</summary>
    [Fact]
    public void The_boxs_network_as_its_own_ONNX_file_gives_the_boxs_features()
    {
        var file = Path.Combine(folder, "ResNet18.onnx");
        File.CreateSymbolicLink(file, Path.Combine(BoxedResNetFile.Package, "ResNet18Onnx/ResNet18.onnx"));
        var scale = KnownEncoders.Named(BoxedResNet.Name).Scale;
        var unit = 1 / 255.0;
        File.WriteAllText(
            Path.Combine(folder, "ResNet18.yaml"),
            FormattableString.Invariant(
                $"size: 224\nmean: [{string.Join(", ", scale.Mean)}]\ndeviation: [{unit}, {unit}, {unit}]\ncolors: bgr\n"
            )
        );
        using var scope = new TensorScope();
        var images = Tensor.From(GoldenBackbone.Draw("images", 3 * 224 * 224, 0.5, 0.5), 1, 3, 224, 224);
        using var own = Encoder.Open(file);
        using var known = Encoder.Open(box.Named);
        Assert.Equal(512, own.Features);
        var (expected, actual) = (known.Encode(images).ToArray<float>(), own.Encode(images).ToArray<float>());
        var off = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        Assert.True(expected.Max() > 0.5 && off <= 1e-4 * expected.Max(), $"off by {off:g3} of {expected.Max():g3}");
    }

    [Theory]
    [InlineData(new[] { 0, 3, 0, 0 }, 5)]
    [InlineData(new[] { 0, 3, 32, 32 }, 2)]
    [InlineData(new[] { 1, 3, 0, 0 }, 3)] // one image at a time
    [InlineData(new[] { 4, 3, 32, 32 }, 5)] // four, of which the last three are filled up
    [InlineData(new[] { 0, 32, 32, 3 }, 2)] // colors last
    public void Features_are_of_scaled_images_however_many_the_file_takes(int[] input, int count)
    {
        using var scope = new TensorScope();
        using var encoder = Encoder.Open(Painted("net.onnx", OnnxPainter.Means(input, ["features"])));
        ExpectMeans(encoder, count);
    }

    [Fact]
    public void A_script_gives_what_it_was_recorded_of()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var layer = new Linear(store.Root / "layer", 3, 3);
        var (means, twice) = (Path.Combine(folder, "means.ts"), Path.Combine(folder, "twice.pt"));
        Save(means, x => [x[0].Mean([2, 3])]);
        Save(twice, x => [x[0], layer.Forward(x[0].Mean([2, 3]))]);
        using (var encoder = Encoder.Open(means))
            ExpectMeans(encoder, 3);
        using (var encoder = Encoder.Open(twice, new EncoderOptions { Layers = ["output2"] }))
            Assert.Equal((3, "output2"), (encoder.Features, encoder.Layers[0]));
        Assert.EndsWith(
            "twice.pt has several outputs: output1, output2; say which are taken, as layers (features.layers, --layers)",
            Refused(twice)
        );
        var weights = Path.Combine(folder, "weights.pt");
        File.WriteAllText(weights, "no script");
        File.WriteAllText(Path.Combine(folder, "weights.yaml"), Scaled);
        Assert.EndsWith(
            $"weights of a known network are named with it: NAME={weights} ('coverslip encoders')",
            Refused(weights)
        );

        void Save(string path, Func<Tensor[], Tensor[]> forward)
        {
            TorchScript.Save(path, [store], forward, [Tensor.Zeros([2, 3, 32, 32])]);
            File.WriteAllText(Path.ChangeExtension(path, ".yaml"), Scaled);
        }
    }

    [Fact]
    public void Maps_are_refused_or_pooled_as_the_description_says()
    {
        var both = Painted("both.onnx", OnnxPainter.Means([0, 3, 0, 0], ["features", "map"]));
        Assert.EndsWith(
            "both.onnx has several outputs: features, map; say which are taken, as layers (features.layers, --layers)",
            Refused(both)
        );
        Assert.EndsWith("both has no layer 'tokens'; there are features, map", Refused(both, "tokens"));
        Assert.EndsWith(
            "both has no layer 'feature'; the nearest is 'features' of features, map",
            Refused(both, "feature")
        );
        Assert.EndsWith(
            "output 'map' is [2, 3, 32, 32] of 2 images, and "
                + $"{Path.Combine(folder, "both.yaml")} says pooling: none; write pooling: mean there for the mean over its places, or choose another output as a layer: features, map",
            Refused(both, "map")
        );
        File.AppendAllText(Path.Combine(folder, "both.yaml"), "\npooling: mean");
        using var scope = new TensorScope();
        using var encoder = Encoder.Open(both, new EncoderOptions { Layers = ["map"] });
        ExpectMeans(encoder, 2);
        Assert.EndsWith(" Float32 Mean of places", encoder.Identity);
    }

    [Fact]
    public void What_a_file_cannot_take_says_what_it_takes()
    {
        var fixedSize = Painted("fixed.onnx", OnnxPainter.Means([0, 3, 48, 32], ["features"]));
        Assert.Equal(
            $"{fixedSize} takes images of 48 × 32 pixels, asked are 32 × 32; write size: 48 into {Path.Combine(folder, "fixed.yaml")}, and take input.height and input.width (--size) of it",
            Refused(fixedSize)
        );
        Assert.Contains(
            "input 'images' is [-1, 4, 32, 32]; expected is [images, 3, height, width]",
            Refused(Painted("four.onnx", OnnxPainter.Means([0, 4, 32, 32], ["features"])))
        );
        var damaged = Painted("damaged.onnx", [1, 2, 3]);
        Assert.StartsWith($"{damaged}: ONNX Runtime does not open it: ", Refused(damaged));
        Assert.Contains(
            "has no maps whose deviations",
            Assert
                .Throws<ArgumentException>(() =>
                    Encoder.Open(fixedSize, new EncoderOptions { Deviations = true }).Dispose()
                )
                .Message
        );
        Assert.Equal(
            $"'uni={fixedSize}': {fixedSize} is a network whole, which is named by its path alone: {fixedSize}",
            Assert.Throws<ArgumentException>(() => EncoderWord.Kind($"uni={fixedSize}")).Message
        );
        File.WriteAllText(Path.Combine(folder, "fixed.yaml"), "size: 48\nmean: [0.5]");
        Assert.Contains(
            "mean is '0.5'; expected are three numbers",
            Assert.Throws<RecipeException>(() => EncoderWord.Kind(fixedSize)).Message
        );
        File.Delete(Path.Combine(folder, "fixed.yaml"));
        Assert.Contains(
            $"write {Path.Combine(folder, "fixed.yaml")} beside it, such as {{size: 224, mean: [",
            Refused(fixedSize)
        );
        Assert.Equal([fixedSize, Path.Combine(folder, "fixed.yaml")], EncoderWord.Needs(fixedSize));
    }

    /// <summary>Large networks are exported with their weights in a file beside: that is part of what they are.</summary>
    [Fact]
    public void The_identity_has_the_files_contents_and_the_description()
    {
        var file = Painted("net.onnx", OnnxPainter.Means([0, 3, 0, 0], ["features"], "net.bin"));
        HashSet<string> identities = [];
        void Of(float[] bias, string described)
        {
            File.WriteAllBytes(Path.Combine(folder, "net.bin"), [.. bias.SelectMany(BitConverter.GetBytes)]);
            File.WriteAllText(Path.Combine(folder, "net.yaml"), described);
            using var encoder = Encoder.Open(file);
            Assert.StartsWith("net ", encoder.Identity);
            identities.Add(encoder.Identity);
        }
        Of([0, 0, 0], Scaled);
        Of([0, 0, 0], Scaled + "\nlicense: ours\nmpp: 0.5");
        Assert.Single(identities);
        Of([0, 0, 1], Scaled);
        Of([0, 0, 0], Scaled + "\ncolors: bgr");
        Of([0, 0, 0], Scaled.Replace("0.25, 0]", "0.3, 0]"));
        Of([0, 0, 0], Scaled.Replace("32", "48"));
        Assert.Equal(5, identities.Count);
        Assert.Single(identities, i => i.EndsWith(" Float32 blue first", StringComparison.Ordinal));
    }

    private string Painted(string name, byte[] onnx)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, onnx);
        File.WriteAllText(Path.ChangeExtension(path, ".yaml"), Scaled);
        return path;
    }

    private static string Refused(string file, params string[] layers) =>
        Assert.ThrowsAny<Exception>(() => Encoder.Open(file, new EncoderOptions { Layers = layers }).Dispose()).Message;

    /// <summary>Of each image (mean of a color − mean) / deviation.</summary>
    private static void ExpectMeans(Encoder encoder, int count)
    {
        const int pixels = 32 * 32;
        var drawn = GoldenBackbone.Draw("images", count * 3 * pixels, 0.5, 0.5);
        var features = encoder.Encode(Tensor.From(drawn, count, 3, 32, 32)).ToArray<float>();
        float[] mean = [0.5f, 0.25f, 0],
            deviation = [0.5f, 0.25f, 1];
        Assert.Equal(3 * count, features.Length);
        foreach (var (i, value) in features.Index())
            Assert.Equal(
                (drawn.Skip(i * pixels).Take(pixels).Average() - mean[i % 3]) / deviation[i % 3],
                value,
                1e-4f
            );
    }
}
