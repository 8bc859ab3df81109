using System.Text.RegularExpressions;
using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Backbones;

/// <summary>Files of published weights: what is renamed, left out, refused.</summary>
[NoTensorLeaks]
public sealed partial class PublishedWeightsTests : IDisposable
{
    private static readonly BackboneOptions Narrow = new() { Width = 0.25, Classes = 10 };
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void DenseNets_old_names_load_without_counts_of_batches()
    {
        using var scope = new TensorScope();
        var file = Published("densenet-121", new BackboneOptions(), key => OfLayer().Replace(key, "$1.$2."));
        Assert.Contains("features.denseblock1.denselayer1.norm.1.running_mean", WeightsFile.Read(file).Keys);
        using var store = Loaded("densenet-121", new BackboneOptions(), file);
        Assert.All(store.All.Where(p => p.Value.DType == DType.Float32), p => ExpectFilled(p.Path, p.Value));
    }

    [Fact]
    public void Without_a_classifier_of_its_own_a_network_leaves_the_files_out()
    {
        using var scope = new TensorScope();
        var file = Published("mobilenet-v1", Narrow);
        using var store = Loaded("mobilenet-v1", Narrow with { Classes = 0 }, file);
        Assert.All(store.Parameters, p => ExpectFilled(p.Path, p.Value));
        Assert.DoesNotContain(store.Parameters, p => p.Path.StartsWith("classifier", StringComparison.Ordinal));
    }

    [Fact]
    public void Auxiliary_classifiers_are_left_out_or_begin_with_the_files_and_a_new_last_layer()
    {
        using var scope = new TensorScope();
        var file = Published("googlenet", new BackboneOptions { AuxiliaryClasses = 1000 });
        using var without = Loaded("googlenet", new BackboneOptions { Classes = 0 }, file);
        Assert.All(without.Parameters, p => ExpectFilled(p.Path, p.Value));
        using var with = Loaded("googlenet", new BackboneOptions { Classes = 0, AuxiliaryClasses = 3 }, file);
        ExpectFilled("aux1.fc1.weight", with["aux1.fc1.weight"]);
        Assert.Equal([3L, 1024], with["aux2.fc2.weight"].Shape);
    }

    [Fact]
    public void Keys_that_do_not_fit_are_listed_with_the_nearest_and_nothing_is_filled()
    {
        using var scope = new TensorScope();
        var file = Published(
            "mobilenet-v1",
            Narrow,
            key =>
                key switch
                {
                    "blocks.0.0.conv_pw.weight" => "blocks.0.0.conv_pv.weight",
                    "blocks.1.0.bn2.bias" => "",
                    _ => key,
                }
        );
        using var store = new ParameterStore();
        KnownBackbones.Named("mobilenet-v1").Build(store.Root / "under", Narrow with { Classes = 7 });
        var before = store["under.conv_stem.weight"].ToArray<float>();
        var error = Assert
            .Throws<TorchException>(() =>
                PublishedWeights.Load(
                    store.Root / "under",
                    KnownBackbones.Named("mobilenet-v1"),
                    Narrow with
                    {
                        Classes = 7,
                    },
                    file
                )
            )
            .Message;
        Assert.StartsWith($"{file} does not hold mobilenet-v1: ", error);
        var (right, wrong) = ("'blocks.0.0.conv_pw.weight'", "'blocks.0.0.conv_pv.weight'");
        Assert.Contains($"missing {right} [16, 8, 1, 1] (nearest: {wrong})", error);
        Assert.Contains($"unexpected {wrong} [16, 8, 1, 1] (nearest: {right})", error);
        Assert.Contains("missing 'blocks.1.0.bn2.bias' [32]", error);
        Assert.Contains("'classifier.weight' is [10, 256], expected was [7, 256]", error);
        Assert.Equal(before, store["under.conv_stem.weight"].ToArray<float>());
    }

    [Fact]
    public void Another_networks_file_and_none_are_told_apart()
    {
        using var scope = new TensorScope();
        var kind = KnownBackbones.Named("resnet-50");
        using var store = new ParameterStore();
        kind.Build(store.Root, new BackboneOptions());
        void Load(string file) => PublishedWeights.Load(store.Root, kind, new BackboneOptions(), file);
        var other = Published("mobilenet-v1", Narrow);
        Assert.Contains(
            "does not hold resnet-50: the weights do not fit the network: missing 'conv1.weight'",
            Assert.Throws<TorchException>(() => Load(other)).Message
        );
        var missing = Path.Combine(folder, "none.pth");
        Assert.Equal(
            $"{missing}: there is no such weights file; weights are not downloaded: put it there, name another in network.weights, or set that to \"\" to begin at random",
            Assert.Throws<FileNotFoundException>(() => Load(missing)).Message
        );
    }

    [Theory]
    [InlineData("resnet50", "there is no network 'resnet50'; the nearest is 'resnet-50' of densenet-121, ")]
    [InlineData("mobilenet", "there is no network 'mobilenet'; the nearest is 'mobilenet-v1' of densenet-121, ")]
    public void An_unknown_name_is_answered_with_the_nearest(string name, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => KnownBackbones.Named(name)).Message);

    [Fact]
    public void Options_that_mean_nothing_for_a_network_are_refused()
    {
        using var store = new ParameterStore();
        string Refused(string name, BackboneOptions options) =>
            Assert.Throws<ArgumentException>(() => KnownBackbones.Named(name).Build(store.Root, options)).Message;
        Assert.Equal(
            "resnet-50 has no width; inception-v3, mobilenet-v1, mobilenet-v2 have",
            Refused("resnet-50", new BackboneOptions { Width = 0.5 })
        );
        Assert.Equal(
            "xception has no auxiliary classifier; inception-v3, googlenet have",
            Refused("xception", new BackboneOptions { AuxiliaryClasses = 2 })
        );
        Assert.Equal(
            "mobilenet-v2: the width is 0; it lies in (0, 4]",
            Refused("mobilenet-v2", new BackboneOptions { Width = 0 })
        );
        Assert.Equal(
            "googlenet: -1 classes; expected is at least 0",
            Refused("googlenet", new BackboneOptions { Classes = -1 })
        );
    }

    [GeneratedRegex(@"(?<=denselayer\d+\.)(norm|conv)([12])\.")]
    private static partial Regex OfLayer();

    /// <summary>
    /// A file of a network filled by the formula, without counts of batches, its keys changed or ("") left out.
    /// </summary>
    private string Published(string name, BackboneOptions options, Func<string, string>? rename = null)
    {
        using var store = new ParameterStore();
        KnownBackbones.Named(name).Build(store.Root, options);
        GoldenBackbone.Fill(store);
        var file = Path.Combine(folder, $"{name}.safetensors");
        SafeTensors.Write(
            file,
            store
                .All.Where(p => p.Value.DType == DType.Float32)
                .Select(p => (Path: rename?.Invoke(p.Path) ?? p.Path, p.Value))
                .Where(p => p.Path.Length > 0)
        );
        return file;
    }

    private static ParameterStore Loaded(string name, BackboneOptions options, string file)
    {
        var store = new ParameterStore();
        KnownBackbones.Named(name).Build(store.Root, options);
        PublishedWeights.Load(store.Root, KnownBackbones.Named(name), options, file);
        return store;
    }

    private static void ExpectFilled(string path, Tensor value)
    {
        using var store = new ParameterStore();
        using var scope = new TensorScope();
        var values = path.Split('.');
        var at = values[..^1].Aggregate(store.Root, (p, part) => p / part);
        var filled = at.Parameter(values[^1], value.Shape, Initial.Constant(0));
        GoldenBackbone.Fill(store);
        Assert.Equal(filled.ToArray<float>(), value.ToArray<float>());
    }
}
