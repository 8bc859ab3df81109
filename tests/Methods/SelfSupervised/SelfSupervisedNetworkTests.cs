using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Methods.SelfSupervised;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.SelfSupervised;

/// <summary>Skip connections, the joint loss, weights of another shape.</summary>
[NoTensorLeaks]
public sealed class SelfSupervisedNetworkTests
{
    private static readonly UNetOptions Small = new() { Width = 4, Depth = 2 };

    public SelfSupervisedNetworkTests() => TorchRuntime.Seed(3);

    /// <summary>
    /// Where a level's skip is removed, nothing reaches the output but through the levels below: with the deepest level's
    /// output set to zero and all skips removed, two images give the same.
    /// </summary>
    [Theory]
    [InlineData(new[] { 0, 1 }, true)]
    [InlineData(new[] { 0 }, false)]
    [InlineData(new[] { 1 }, false)]
    [InlineData(new int[0], false)]
    public void Without_skips_there_is_no_way_around_the_bottleneck(int[] without, bool blind)
    {
        using var scope = new TensorScope();
        using var network = new SelfSupervisedNetwork(Small with { WithoutSkip = without }, null);
        using var off = new NoGradient();
        Tensor Cut(Tensor image) =>
            network
                .Forward(
                    image,
                    (level, map) =>
                    {
                        if (level == "encoder.2")
                            map.ZeroInPlace();
                    }
                )
                .Reconstruction;
        var difference = (Cut(Image()) - Cut(Image())).Abs().Max().Item();
        Assert.True(difference == 0 == blind, $"the outputs differ by {difference}");
        Assert.NotEqual(
            0,
            (network.Forward(Image()).Reconstruction - network.Forward(Image()).Reconstruction).Abs().Max().Item()
        );
    }

    /// <summary>The outermost skip alone removed: what the network makes of level 0 passes through level 1 only.</summary>
    [Fact]
    public void Without_the_outermost_skip_the_first_level_reaches_the_output_through_the_second_only()
    {
        using var scope = new TensorScope();
        using var network = new SelfSupervisedNetwork(Small with { WithoutSkip = [0] }, null);
        using var off = new NoGradient();
        Tensor Cut(Tensor image) =>
            network
                .Forward(
                    image,
                    (level, map) =>
                    {
                        if (level == "encoder.1")
                            map.ZeroInPlace();
                    }
                )
                .Reconstruction;
        Assert.Equal(0, (Cut(Image()) - Cut(Image())).Abs().Max().Item());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2.5, 1)]
    [InlineData(1, 3)]
    public void The_joint_loss_is_its_formula(double reconstruction, double foreground)
    {
        using var scope = new TensorScope();
        var options = new JointLossOptions { ReconstructionWeight = reconstruction, ForegroundWeight = foreground };
        using var network = new SelfSupervisedNetwork(Small, options, type: DType.Float64);
        var batch = Batch();
        var outcome = network.Judge(batch);
        var (seen, scores) = network.Forward(batch.Image);
        var (given, p) = (seen.ToArray<double>(), scores.ToArray<double>());
        var (pixels, truth) = (batch.Image.ToArray<double>(), batch.Mask.ToArray<double>());
        var error = given.Zip(pixels, (a, b) => (a - b) * (a - b)).Average();
        double sum = 0,
            weights = 0;
        for (var i = 0; i < truth.Length; i++)
        {
            var (image, place) = (i / 256, i % 256);
            double Score(int c) => p[(((image * 2) + c) * 256) + place];
            var own = truth[i] > 0 ? 1 : 0;
            var weight = own == 1 ? foreground : 1;
            sum -= weight * (Score(own) - Math.Log(Math.Exp(Score(0)) + Math.Exp(Score(1))));
            weights += weight;
        }
        Assert.Equal(sum / weights, outcome.Class.Item(), 1e-9);
        Assert.Equal((sum / weights) + (reconstruction * error), outcome.Total.Item(), 1e-9);
        Assert.Equal(reconstruction > 0, outcome.Reconstruction is not null);
        Assert.Equal([2L, 2], outcome.Probabilities.Shape); // of 16 × 16 pixels one each
    }

    [Fact]
    public void Pre_training_descends_the_reconstruction_alone()
    {
        using var scope = new TensorScope();
        using var network = new SelfSupervisedNetwork(Small, null, type: DType.Float64);
        var outcome = network.Judge(Batch());
        outcome.Total.Backward();
        // The last layer's maps of classes take no part.
        var gradient = network.Store["last.weight"].Gradient!;
        Assert.NotEqual(0, gradient.Narrow(0, 0, 3).Abs().Max().Item());
        Assert.Equal(0, gradient.Narrow(0, 3, 2).Abs().Max().Item());
        Assert.Equal(outcome.Reconstruction!.Item(), outcome.Total.Item());
        Assert.Equal(0, outcome.Probabilities.Size(1));
    }

    [Fact]
    public void A_skip_that_is_put_back_changes_nothing_at_first_and_one_left_out_takes_what_comes_from_below()
    {
        using var scope = new TensorScope();
        using var learned = new SelfSupervisedNetwork(Small with { WithoutSkip = [0] }, null);
        using var whole = new SelfSupervisedNetwork(Small, new JointLossOptions());
        whole.TakeOver(learned.Store.All.ToDictionary(p => p.Path, p => p.Value));
        using var off = new NoGradient();
        var image = Image();
        Assert.Equal(
            0,
            (learned.Forward(image).Reconstruction - whole.Forward(image).Reconstruction).Abs().Max().Item(),
            1e-5
        );
        using var again = new SelfSupervisedNetwork(Small with { WithoutSkip = [0] }, null);
        again.TakeOver(whole.Store.All.ToDictionary(p => p.Path, p => p.Value));
        foreach (var (path, value) in again.Store.All)
            Assert.Equal(learned.Store[path].ToArray<float>(), value.ToArray<float>());
    }

    private static Tensor Image() => Tensor.Rand([2, 3, 16, 16]);

    private static Batch Batch()
    {
        var mask = Tensor.Rand([2, 1, 16, 16]).GreaterThan(0.4).To(DType.Float64);
        return new Batch(Image().To(DType.Float64), mask, Tensor.Zeros([2], DType.Int64), null);
    }
}
