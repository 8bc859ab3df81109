using System.Reflection;
using Coverslip.Learning.Encoders;
using Coverslip.Torch;
using Coverslip.Torch.Tests;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tensor = Coverslip.Torch.Tensor;

namespace Coverslip.Learning.Tests.Encoders;

/// <summary>The encoder in the box against ONNX Runtime on the package's own files.</summary>
[NoTensorLeaks, Collection("box")]
public sealed class BoxedResNetTests(BoxedResNetFile box)
{
    private const int Side = 224,
        Pixels = Side * Side;

    /// <summary>Pictures that a network may meet: noise, ramps, stripes, one color, dark, bright.</summary>
    private static readonly float[][] Pictures =
    [
        .. Enumerable.Range(0, 3).Select(i => GoldenBackbone.Draw($"picture {i}", 3 * Pixels, 127, 128)),
        Painted((x, y) => (x, y, 255 - x)),
        Painted((x, y) => (y, 128, x)),
        Painted((x, y) => x / 16 % 2 == 0 ? (200, 80, 140) : (240, 220, 235)),
        Painted((x, y) => (x / 8 + y / 8) % 2 == 0 ? (0, 0, 0) : (255, 255, 255)),
        Painted((_, _) => (230, 200, 220)),
        Painted((_, _) => (0, 0, 0)),
        Painted((_, _) => (255, 255, 255)),
    ];

    /// <summary>
    /// Ten images less the colors' means, blue first, as CNTK's network wants them; the border counts, where zeros
    /// stand around the image.
    /// </summary>
    [Fact]
    public void Features_equal_ONNX_Runtimes()
    {
        float[] means = [.. Named().Scale.Mean.Select(m => 255 * m)];
        using var session = new InferenceSession(Package("ResNet18Onnx/ResNet18.onnx"));
        using var encoder = Encoder.Open(box.Named);
        using var scope = new TensorScope();
        foreach (var (i, picture) in Pictures.Index())
        {
            var blueFirst = new float[3 * Pixels];
            for (var at = 0; at < blueFirst.Length; at++)
                blueFirst[at] = picture[(2 - at / Pixels) * Pixels + at % Pixels] - means[2 - at / Pixels];
            var expected = Run(session, blueFirst);
            var actual = encoder.Encode(Tensor.From(picture, 1, 3, Side, Side) / 255).ToArray<float>();
            Assert.Equal(512, actual.Length);
            var (greatest, off) = (expected.Max(), expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max());
            Assert.True(greatest > 0.5 && off <= 1e-4 * greatest, $"picture {i}: off by {off:g3} of {greatest:g3}");
        }
    }

    /// <summary>
    /// The package's mean image varies from rim to middle, which has a meaning at 224 × 224 alone; its colors' means are
    /// what the encoder takes off, and features differ little.
    /// </summary>
    [Fact]
    public void The_mean_taken_off_is_that_of_the_packages_mean_image()
    {
        using var preprocess = new InferenceSession(Package("ResNetPrepOnnx/ResNetPreprocess.onnx"));
        var less = Run(preprocess, new float[3 * Pixels]);
        for (var color = 0; color < 3; color++)
        {
            var mean = -less.Skip((2 - color) * Pixels).Take(Pixels).Average(v => (double)v);
            Assert.Equal(mean, 255 * Named().Scale.Mean[color], 2e-4);
        }

        using var session = new InferenceSession(Package("ResNet18Onnx/ResNet18.onnx"));
        using var encoder = Encoder.Open(box.Named);
        using var scope = new TensorScope();
        var picture = Pictures[5];
        var theirs = Run(session, Run(preprocess, picture));
        var ours = encoder.Encode(Tensor.From(picture, 1, 3, Side, Side) / 255).ToArray<float>();
        double Length(IEnumerable<float> v) => Math.Sqrt(v.Sum(x => (double)x * x));
        var cosine = theirs.Zip(ours, (a, b) => (double)a * b).Sum() / Length(theirs) / Length(ours);
        Assert.InRange(cosine, 0.99, 1);
    }

    [Fact]
    public void Another_file_is_refused_and_terms_stand_beside_the_weights()
    {
        Assert.Contains("Permission is hereby granted, free of charge", File.ReadAllText(box.Terms));
        var other = Path.Combine(box.Folder, "ResNet18.onnx");
        File.WriteAllText(other, "another");
        Assert.Equal(
            $"{other} has the SHA-256 ae448ac86c4e…, ResNet18.onnx of {BoxedResNet.Package} has e2552f19db2d…; restore that version",
            Assert.Throws<InvalidDataException>(() => BoxedResNet.Convert(other, box.Folder)).Message
        );
    }

    private static EncoderKind Named() => KnownEncoders.Named(BoxedResNet.Name);

    private static string Package(string file) => Path.Combine(BoxedResNetFile.Package, file);

    private static float[] Run(InferenceSession session, float[] input)
    {
        var name = session.InputMetadata.Keys.Single();
        var value = NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(input, [1, 3, Side, Side]));
        using var results = session.Run([value]);
        return [.. results.Single().AsEnumerable<float>()];
    }

    private static float[] Painted(Func<int, int, (int Red, int Green, int Blue)> color)
    {
        var picture = new float[3 * Pixels];
        for (var at = 0; at < Pixels; at++)
            (picture[at], picture[Pixels + at], picture[2 * Pixels + at]) = color(at % Side, at / Side);
        return picture;
    }
}

/// <summary>Tests of the encoder in the box, which is converted once.</summary>
[CollectionDefinition("box")]
public sealed class BoxedResNetCollection : ICollectionFixture<BoxedResNetFile>;

/// <summary>The encoder in the box, converted of the restored package as set-up does it.</summary>
public sealed class BoxedResNetFile : IDisposable
{
    public BoxedResNetFile() =>
        Weights = BoxedResNet.Convert(Path.Combine(Package, "ResNet18Onnx/ResNet18.onnx"), Folder);

    /// <summary>Where the package's files are.</summary>
    internal static string Package { get; } =
        typeof(BoxedResNetFile)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "BoxedResNet")
            .Value!;

    internal string Folder { get; } = Directory.CreateTempSubdirectory("coverslip-").FullName;

    /// <summary>As encoders are named.</summary>
    internal string Named => $"{BoxedResNet.Name}={Weights}";

    internal string Terms => Path.ChangeExtension(Weights, ".txt");

    private string Weights { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
