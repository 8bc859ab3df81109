using System.Security.Cryptography;
using Coverslip.Files;
using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Learning.Encoders;

/// <summary>
/// The network in the box: the ResNet that NuGet's Microsoft.ML.DnnImageFeaturizer.ResNet18 carries as an ONNX file of
/// CNTK, under PyTorch's names. CNTK's takes blue, green, red in 0 – 255 less a mean; converted it takes red, green, blue
/// in [0, 1] less the same mean over ImageNet's deviation, so that the zeros around an image mean the same color to both.
/// </summary>
public static class BoxedResNet
{
    /// <summary>As encoders and networks call it.</summary>
    public const string Name = "resnet-18";

    /// <summary>The package, and the one version of it whose file is known.</summary>
    public const string Package = "Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1";

    /// <summary>Of <c>ResNet18.onnx</c> in the package.</summary>
    internal const string Sha256 = "e2552f19db2dfdb01b3669537b6a0f1b44da38d18279535492ed5dfc2ef1ff8f";

    /// <summary>Blocks of its four layers; torchvision's ResNet-18 has one less.</summary>
    private static readonly int[] Blocks = [2, 2, 2, 3];

    /// <summary>Writes <c>resnet-18.safetensors</c>, and beside it where it comes from and under which terms.</summary>
    /// <param name="onnx">The package's ResNet18.onnx; the package's LICENSE is looked for above it.</param>
    /// <param name="folder">Where to; made where it is not there.</param>
    /// <returns>The file.</returns>
    /// <exception cref="InvalidDataException">It is another file than the known one.</exception>
    public static string Convert(string onnx, string folder)
    {
        CheckIsKnown(onnx);
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, $"{Name}.safetensors");
        using var scope = new TensorScope();
        using var off = new NoGradient();
        var metadata = new Dictionary<string, string>
        {
            ["source"] = $"NuGet package {Package}, ResNet18.onnx",
            ["license"] = "MIT, © .NET Foundation and contributors",
            [SafeTensorsSeal.Key] = "",
        };
        SafeTensors.Write(file, Renamed(OnnxGraph.Read(onnx)), metadata);
        WriteTerms(onnx, Path.Combine(folder, $"{Name}.txt"));
        return file;
    }

    /// <summary>
    /// Every convolution has its batch normalization behind it; where a block has a convolution on its way around,
    /// that one comes first.
    /// </summary>
    private static List<(string Path, Tensor Value)> Renamed(OnnxGraph graph)
    {
        var convolutions = new Queue<OnnxNode>(graph.Nodes.Where(n => n.Operator == "Conv"));
        var norms = new Queue<OnnxNode>(graph.Nodes.Where(n => n.Operator == "BatchNormalization"));
        var made = new List<(string, Tensor)>();
        void Take(string convolution, string norm)
        {
            made.Add(($"{convolution}.weight", graph.Weights[convolutions.Dequeue().Inputs[1]]));
            string[] parts = ["weight", "bias", "running_mean", "running_var"];
            foreach (var (value, part) in norms.Dequeue().Inputs.Skip(1).Zip(parts))
                made.Add(($"{norm}.{part}", graph.Weights[value]));
        }

        Take("conv1", "bn1");
        for (var layer = 1; layer <= Blocks.Length; layer++)
        for (var block = 0; block < Blocks[layer - 1]; block++)
        {
            var at = $"layer{layer}.{block}";
            if (layer > 1 && block == 0)
                Take($"{at}.downsample.0", $"{at}.downsample.1");
            Take($"{at}.conv1", $"{at}.bn1");
            Take($"{at}.conv2", $"{at}.bn2");
        }
        made[0] = (made[0].Item1, OfColors(made[0].Item2));
        return made;
    }

    /// <summary>The first convolution [64, blue green red, 7, 7] of 0 – 255, as one of red, green, blue in deviations.</summary>
    private static Tensor OfColors(Tensor weight)
    {
        float[] units = [.. KnownBackbones.Named(Name).Scale.Deviation.Select(d => 255 * d)];
        return weight.Flip(1) * Tensor.From(units, 1, 3, 1, 1);
    }

    private static void CheckIsKnown(string onnx)
    {
        using var stream = File.OpenRead(onnx);
        var found = System.Convert.ToHexStringLower(SHA256.HashData(stream));
        if (found != Sha256)
            throw new InvalidDataException(
                $"{onnx} has the SHA-256 {found[..12]}…, ResNet18.onnx of {Package} has {Sha256[..12]}…; restore that version"
            );
    }

    private static void WriteTerms(string onnx, string file)
    {
        var license = Path.GetFullPath(Path.Combine(onnx, "../../../../LICENSE"));
        WholeFile.Write(
            file,
            $"""
            {Name}.safetensors is a residual network trained on ImageNet, converted from ResNet18.onnx of the NuGet package
            {Package} (https://www.nuget.org, source https://github.com/dotnet/machinelearning), which is under these terms:

            {(
                !File.Exists(license)
                    ? "MIT (https://licenses.nuget.org/MIT), Copyright (c) .NET Foundation and Contributors"
                    : File.ReadAllText(license)
            )}
            """
        );
    }
}
