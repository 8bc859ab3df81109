using Coverslip.Learning.Inputs;
using Coverslip.Methods.TumorDetection;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.TumorDetection;

/// <summary>Towers: how large they are, what joins them, what they start from.</summary>
[NoTensorLeaks]
public sealed class TumorDetectionClassifierTests
{
    [Theory]
    [InlineData("", 21_789_666)]
    [InlineData("network: {width: 0.1}", 281_775)] // the paper's 300 thousand
    [InlineData("network: {width: 0.1, context: 4}", 563_548)] // two towers, one layer over both
    [InlineData("network: {name: resnet-50}", 23_512_130)]
    public void Networks_have_as_many_parameters_as_their_layers_say(string network, long expected)
    {
        using var model = Recipe(network).Build(2, Device.Cpu);
        Assert.Equal(expected, model.Store.Trainable.Sum(p => p.Value.Count));
    }

    [Fact]
    public void Both_views_count_and_one_alone_is_refused()
    {
        using var scope = new TensorScope();
        TorchRuntime.Seed(1);
        var recipe = Recipe(
            "network: {name: mobilenet-v1, width: 0.25, context: 2, dropout: 0}\ninput: {width: 32, height: 32}"
        );
        using var model = recipe.Build(2, Device.Cpu);
        using var inference = new Inference();
        // Statistics of the batch: those that a fresh network has kept would shrink every picture to nothing.
        model.Store.Training = true;
        var (a, b, c) = (Tensor.Rand([4, 3, 32, 32]), Tensor.Rand([4, 3, 32, 32]), Tensor.Rand([4, 3, 32, 32]));
        Batch Of(Tensor first, params Tensor[] further) =>
            new(first, Tensor.Ones([4, 1, 32, 32]), Tensor.Zeros([4], DType.Int64), null) { FurtherViews = further };
        double[] Seen(Tensor first, Tensor second) =>
            model.Predict(Of(first, second)).To(DType.Float64).ToArray<double>();
        Assert.Equal(Seen(a, b), Seen(a, b));
        Assert.NotEqual(Seen(a, b), Seen(a, c));
        Assert.NotEqual(Seen(a, b), Seen(c, b));
        Assert.NotEqual(Seen(a, b), Seen(b, a));
        var error = Assert.Throws<InvalidOperationException>(() => model.Predict(Of(a)));
        Assert.Contains("at 2 resolutions, and 1 came", error.Message);
    }

    internal static TumorDetectionRecipe Recipe(string more) =>
        (TumorDetectionRecipe)
            Known.Methods.Parse(
                $"method: tumor-detection\npatches: {{center: 16, stride: 16}}\ntest: {{stride: 16}}\n{more}",
                "r.yaml"
            );
}
