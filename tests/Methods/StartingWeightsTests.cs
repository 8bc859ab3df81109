using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Tests;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Optimizers;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests;

/// <summary>
/// Every method whose network may start from published weights: they are loaded, the stages that are asked for learn, the
/// others stay, and images are scaled as the weights want it.
/// </summary>
[NoTensorLeaks]
public sealed class StartingWeightsTests : IDisposable
{
    private const string Narrow = "name: mobilenet-v2, width: 0.25";
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public StartingWeightsTests() => TorchRuntime.Seed(7);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("backbone", "backbone.", "input: {form: raw, height: 64, width: 64}")]
    [InlineData("curriculum", "backbone.", "input: {height: 64, width: 64}\nfindings: [a, b]\npatches: {side: 64}")]
    [InlineData("tumor-detection", "tower.", "patches: {center: 16, stride: 16}")]
    [InlineData("multi-stage", "backbone.", "patches: {mpp: 1}")]
    public void A_method_starts_from_weights_and_trains_the_last_stages(string method, string under, string more)
    {
        var file = Weights("mobilenet-v2", 0.25);
        var text =
            $"method: {method}\nnetwork: {{{Narrow}, weights: {file}, trainable: last-1, rate_decay: 0.5}}\n{more}";
        Expect(text, file, under, "features.18.");
    }

    [Fact]
    public void The_encoder_of_a_segmentation_starts_from_weights_and_trains_the_last_stages()
    {
        var file = Weights("resnet-18-torchvision", 1);
        var network = $"encoder: resnet-18-torchvision, weights: {file}, trainable: last-1";
        Expect($"method: self-supervised\nnetwork: {{{network}}}", file, "encoder.", "layer4.");
    }

    [Fact]
    public void SagaNets_stem_starts_from_weights_and_trains_the_last_stages()
    {
        var file = Weights("resnet-18-torchvision", 1);
        var network = $"stem: resnet-18-torchvision, weights: {file}, trainable: last-1, blocks: [1, 1]";
        Expect(
            $"method: saganet\ninput: {{height: 64, width: 64, form: raw}}\nnetwork: {{{network}}}",
            file,
            "stem.",
            "layer2."
        );
    }

    [Theory]
    [InlineData("weights: resnet-18", "network.weights is 'resnet-18'; network.stem is own, which starts from random")]
    [InlineData(
        "stem: resnet-18, stem_stride: 1",
        "network.stem_stride is '1'; network.stem is resnet-18, which decides it"
    )]
    [InlineData("stem: resnet-18, stem_layers: 5", "network.stem_layers is '5'; ")]
    public void A_stem_that_cannot_be_is_refused(string network, string expected)
    {
        var error = Assert.Throws<RecipeException>(() =>
            Known.Methods.Parse($"method: saganet\nnetwork: {{{network}}}", "r.yaml")
        );
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Towers_on_weights_see_images_as_the_weights_want_them_and_from_nothing_as_published()
    {
        using var scope = new TensorScope();
        const string patches = "method: tumor-detection\npatches: {center: 16, stride: 16}\nnetwork: ";
        using var scaled = Begun($"{patches}{{{Narrow}, weights: {Weights("mobilenet-v2", 0.25)}}}");
        using var plain = Begun($"{patches}{{{Narrow}}}");
        plain.Store.Load(scaled.Store.All.ToDictionary(p => p.Path, p => p.Value));
        scaled.Store.Training = plain.Store.Training = false;
        using var inference = new Inference();
        var batch = Images();
        float[] mean = [0.485f, 0.456f, 0.406f],
            deviation = [0.229f, 0.224f, 0.225f];
        var wanted = (batch.Image - Tensor.From(mean, 1, 3, 1, 1)) / Tensor.From(deviation, 1, 3, 1, 1);
        // What [0, 1] would have to be for the towers' 2 x − 1 to give the same.
        var expected = plain.Predict(batch with { Image = (wanted + 1) * 0.5 }).ToArray<float>();
        Assert.Equal(expected, scaled.Predict(batch).ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.NotEqual(expected[0], plain.Predict(batch).ToArray<float>()[0], 1e-4);
    }

    [Theory]
    [InlineData("trainable: last-2", "network.trainable is 'last-2'; all below would stay random; set network.weights")]
    [InlineData("encoder: resnet-34, width: 8", "network.width is '8'; network.encoder is resnet-34, which decides it")]
    [InlineData("encoder: resnet-33", "network.encoder is 'resnet-33'; the nearest known one is 'resnet-34' of own, ")]
    public void What_does_not_go_together_is_refused(string network, string expected)
    {
        var error = Assert.Throws<RecipeException>(() =>
            Known.Methods.Parse($"method: self-supervised\nnetwork: {{{network}}}", "r.yaml")
        );
        Assert.Contains(expected, error.Message);
    }

    /// <summary>One step: what is below the stage that learns stays as the file has it, the rest moves.</summary>
    private static void Expect(string text, string file, string under, string learns)
    {
        using var scope = new TensorScope();
        using var model = Begun(text);
        var published = SafeTensors.Read(file);
        foreach (var (path, value) in model.Store.All.Where(p => p.Path.StartsWith(under, StringComparison.Ordinal)))
            Assert.Equal(0, Off(published[path[under.Length..]], value));
        model.Store.Training = true;
        using var adam = new Adam(model.Store, 1e-2);
        model.Judge(Images()).Total.Backward();
        adam.Step();
        using var off = new NoGradient();
        foreach (var (path, value) in model.Store.All.Where(p => p.Path.StartsWith(under, StringComparison.Ordinal)))
        {
            var moved = Off(published[path[under.Length..]], value) > 0;
            Assert.True(moved == path[under.Length..].StartsWith(learns, StringComparison.Ordinal), $"{path}: {moved}");
        }
    }

    private static double Off(Tensor published, Tensor now)
    {
        using var scope = new TensorScope();
        return (published - now).To(DType.Float32).Norm().Item();
    }

    private static IClassifier Begun(string text)
    {
        var recipe = (INetworkRecipe)Known.Methods.Parse(text, "r.yaml");
        var model = recipe.Build(2, Device.Cpu);
        recipe.Begin(model);
        return model;
    }

    private static Batch Images()
    {
        var mask = Tensor.Rand([2, 1, 64, 64]).GreaterThan(0.4).To(DType.Float32);
        return new Batch(Tensor.Rand([2, 3, 64, 64]), mask, Tensor.From<long>([0, 1]), null)
        {
            Findings = Tensor.From<float>([0, 1, 1, 0], 2, 2),
        };
    }

    /// <summary>A file as a library publishes it, with a classifier of its own.</summary>
    private string Weights(string name, double width)
    {
        using var store = new ParameterStore();
        KnownBackbones.Named(name).Build(store.Root, new BackboneOptions { Width = width, Classes = 5 });
        if (width < 1) // a fresh network's statistics shrink every image to nothing
            GoldenBackbone.Fill(store);
        var file = Path.Combine(folder, $"{name}.safetensors");
        SafeTensors.Write(file, store.All);
        return file;
    }
}
