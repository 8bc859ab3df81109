using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Methods.SagaNet;
using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.SagaNet;

/// <summary>The network against a plain rendering of it in PyTorch, and its size.</summary>
[NoTensorLeaks]
public sealed class SagaNetworkTests
{
    private static readonly SagaNetRecipe Small = new()
    {
        Input = new InputOptions { Height = GoldenSagaNet.Height, Width = GoldenSagaNet.Width },
        Network = new SagaNetOptions
        {
            StemFilters = 4,
            Growth = 2,
            FeatureKinds = 2,
            FeatureSize = 3,
            ClassSize = 4,
        },
        Reconstruction = new PartialReconstruction { Weight = 0.7 },
    };

    private static readonly InputOptions Raw = Small.Input with { Form = InputForm.Raw };

    private static readonly Dictionary<string, SagaNetRecipe> Cases = new()
    {
        ["full"] = Small,
        ["full_eval"] = Small,
        ["weighted"] = Small,
        ["raw"] = Small with { Input = Raw },
        ["mask_channel"] = Small with { Input = Small.Input with { Form = InputForm.MaskChannel } },
        ["plain"] = Small with { Network = Small.Network with { Gated = false } },
        ["no_reconstruction"] = Small with { Network = Small.Network with { Reconstruct = false } },
        ["cross_entropy"] = Small with { Network = Small.Network with { ClassLoss = ClassLoss.CrossEntropy } },
        ["baseline"] = Small with
        {
            Input = Raw,
            Network = Small.Network with { Gated = false, Reconstruct = false, ClassLoss = ClassLoss.CrossEntropy },
        },
        ["shared"] = Small with { Network = Small.Network with { Positions = Positions.Shared } },
        ["not_normalized"] = Small with { Network = Small.Network with { Normalize = false } },
        ["pretrained"] = Small with
        {
            Network = Small.Network with
            {
                Stem = new StemOptions { Kind = KnownBackbones.Named("resnet-18") },
                Blocks = [1, 1],
            },
        },
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Fact]
    public void At_768_pixels_and_two_classes_it_has_the_published_number_of_parameters()
    {
        using var store = new ParameterStore();
        _ = new SagaNetwork(store.Root, new SagaNetOptions());
        Assert.Equal(1_963_251, store.ParameterCount);
        Assert.InRange(store.ParameterCount, 1.96e6 * 0.95, 1.96e6 * 1.05);
    }

    [Theory, MemberData(nameof(Names))]
    public void Outputs_losses_and_gradients_equal_PyTorchs(string name) => Expect(name, Cases[name]);

    [Theory]
    [InlineData("full")]
    [InlineData("cross_entropy")]
    [InlineData("baseline")]
    public void Recomputed_activations_give_the_same_gradients_and_running_statistics(string name) =>
        Expect(name, Cases[name] with { Network = Cases[name].Network with { Recompute = true } });

    [Fact]
    public void Recomputing_changes_no_bit_even_with_dropout()
    {
        var (plain, recomputed) = (Gradients(recompute: false), Gradients(recompute: true));
        Assert.True(plain.Length > 2000);
        Assert.Equal(plain, recomputed);
    }

    [Theory]
    [InlineData(460, 700)]
    [InlineData(37, 50)]
    [InlineData(32, 32)]
    public void Every_size_is_reconstructed_at_its_size(int height, int width)
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var network = new SagaNetwork(store.Root, Small.Network with { Height = height, Width = width, Classes = 3 });
        store.Training = false;
        using var inference = new Inference();
        var output = network.Forward(Tensor.Rand([1, 3, height, width]));
        Assert.Equal([1, 3, height, width], output.Reconstruction!.Shape);
        Assert.Equal([1, 3, 4], output.Features.Shape);
        var scores = SagaNetwork.Probabilities(output).ToArray<float>();
        Assert.Equal(1, scores.Sum(), 1e-5);
        Assert.All(scores, s => Assert.InRange(s, 0, 1));
        Assert.Null(network.Forward(Tensor.Rand([1, 3, height, width]), reconstruct: false).Reconstruction);
    }

    [Fact]
    public void The_score_follows_the_lengths_and_is_even_where_all_are_zero()
    {
        using var scope = new TensorScope();
        var features = Tensor.From<float>([3, 0, 0, 4, 0, 0, 0, 0], 2, 2, 2);
        var scores = SagaNetwork.Probabilities(new SagaNetOutput(features, null, null)).ToArray<float>();
        Assert.Equal([0.36f, 0.64f, 0.5f, 0.5f], scores, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void A_shape_that_cannot_be_built_is_refused_with_value_and_limit()
    {
        using var store = new ParameterStore();
        var error = Assert.Throws<ArgumentException>(() =>
            new SagaNetwork(store.Root, new SagaNetOptions { Height = 31 })
        );
        Assert.Equal("Height is 31; it must lie between 32 and 16384", error.Message);
    }

    private static void Expect(string name, SagaNetRecipe recipe)
    {
        using var scope = new TensorScope();
        using var model = new SagaNetClassifier(recipe, 2, Device.Cpu);
        var golden = new GoldenSagaNet();
        golden.Fill(model.Store);
        var training = model.Store.Training = !name.EndsWith("_eval", StringComparison.Ordinal);
        var batch = golden.Batch(name == "weighted" ? [1.5f, 0.75f, 0.75f] : null);

        var outcome = model.Judge(batch);
        golden.Expect(
            $"{name}/losses",
            Tensor.Stack([outcome.Total, outcome.Class, outcome.Reconstruction ?? Tensor.Zeros([])], 0)
        );
        golden.Expect($"{name}/probabilities", outcome.Probabilities);
        if (training)
        {
            outcome.Total.Backward();
            // Of a pre-trained stem the outermost convolution alone, which all others act on.
            var kept = model.Store.Parameters.Where(p => !p.Path.StartsWith("stem.layer", StringComparison.Ordinal));
            golden.Expect($"{name}/grad", kept.Select(p => (p.Path, p.Value.Gradient!)));
            if (recipe.Network.Normalize)
                golden.Expect($"{name}/after", model.Store.Buffers.Where(b => b.Value.DType == DType.Float32));
        }
        else
        {
            golden.Expect($"{name}/probabilities", model.Predict(batch));
        }
        if (recipe.Network.Stem is null)
            ExpectMaps(name, recipe, golden, training);
    }

    private static void ExpectMaps(string name, SagaNetRecipe recipe, GoldenSagaNet golden, bool training)
    {
        using var store = new ParameterStore();
        var network = new SagaNetwork(store.Root, recipe.Shape(2));
        golden.Fill(store);
        store.Training = training;
        var output = network.Forward(golden.Batch().Input(recipe.Input.Form));
        golden.Expect($"{name}/features", output.Features);
        Assert.Equal(golden.Has($"{name}/reconstruction"), output.Reconstruction is not null);
        if (output.Reconstruction is { } image)
            golden.Expect($"{name}/reconstruction", EveryFourth(EveryFourth(image, 2), 3));
    }

    private static Tensor EveryFourth(Tensor image, int side) =>
        image.IndexSelect(side, Tensor.Arange(0, image.Size(side), 4));

    private static float[] Gradients(bool recompute)
    {
        using var scope = new TensorScope();
        TorchRuntime.Seed(11);
        var recipe = Small with { Network = Small.Network with { Recompute = recompute, Dropout = 0.4 } };
        using var model = new SagaNetClassifier(recipe, 2, Device.Cpu);
        var batch = new GoldenSagaNet().Batch();
        for (var step = 0; step < 2; step++)
            model.Judge(batch).Total.Backward();
        return
        [
            .. model.Store.Parameters.SelectMany(p => p.Value.Gradient!.ToArray<float>()),
            .. model.Store.Buffers.SelectMany(b => b.Value.To(DType.Float32).ToArray<float>()),
        ];
    }
}
