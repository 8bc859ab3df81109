using Coverslip.Methods.SagaNet;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.SagaNet;

/// <summary>Both losses against numbers worked out by hand.</summary>
[NoTensorLeaks]
public sealed class LossTests
{
    [Fact]
    public void Hinge_of_worked_out_lengths()
    {
        using var scope = new TensorScope();
        // Lengths 0.5 and 0.3; the first class is present: (0.9 − 0.5)² + 0.5 (0.3 − 0.1)² = 0.18.
        var features = Leaf([0.3f, 0.4f, 0f, 0.3f], 1, 2, 2);
        var loss = new LengthAwareHingeLoss().Of(features, Tensor.From<float>([1, 0], 1, 2));
        Assert.Equal(0.18, loss.Item(), 1e-6);
        loss.Backward();
        // −2 (0.9 − 0.5) f/|f| of the present class, 2 · 0.5 (0.3 − 0.1) f/|f| of the absent one.
        Assert.Equal([-0.48f, -0.64f, 0f, 0.2f], features.Gradient!.ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Theory]
    [InlineData(0.9f, 0.1f, 0)]
    [InlineData(1.7f, 0f, 0)]
    [InlineData(0f, 0f, 0.81)]
    [InlineData(0.9f, 1.1f, 0.5)]
    public void Hinge_is_zero_where_lengths_are_right_and_its_gradient_is_finite_at_zero(
        float present,
        float absent,
        double expected
    )
    {
        using var scope = new TensorScope();
        var features = Leaf([present, 0, 0, 0, absent, 0], 1, 2, 3);
        var loss = new LengthAwareHingeLoss().Of(features, Tensor.From<float>([1, 0], 1, 2));
        loss.Backward();
        Assert.Equal(expected, loss.Item(), 1e-5);
        var gradient = features.Gradient!.ToArray<float>();
        Assert.All(gradient, g => Assert.True(float.IsFinite(g)));
        if (expected == 0)
            Assert.All(gradient, g => Assert.Equal(0, g, 1e-5));
    }

    [Fact]
    public void Hinge_options_and_weights_of_images_count()
    {
        using var scope = new TensorScope();
        var hinge = new LengthAwareHingeLoss
        {
            Upper = 1,
            Lower = 0.5,
            AbsentWeight = 2,
        };
        // Image 1: (1 − 0.4)² = 0.36. Image 2: 2 (0.8 − 0.5)² + (1 − 0.5)² = 0.43.
        var features = Leaf([0.4f, 0.1f, 0.8f, 0.5f], 2, 2, 1);
        var targets = Tensor.From<float>([1, 0, 0, 1], 2, 2);
        Assert.Equal((0.36 + 0.43) / 2, hinge.Of(features, targets).Item(), 1e-6);
        Assert.Equal(
            (1.5 * 0.36 + 0.5 * 0.43) / 2,
            hinge.Of(features, targets, Tensor.From<float>([1.5f, 0.5f])).Item(),
            1e-6
        );
    }

    [Fact]
    public void Masked_pixels_have_no_part_in_the_reconstruction()
    {
        using var scope = new TensorScope();
        var image = Tensor.From<float>([1, 1, 1, 1, 1, 1], 1, 3, 1, 2);
        var mask = Tensor.From<float>([1, 0], 1, 1, 1, 2);
        // Left pixels (valid) are off by 0.1, 0.2 and 0.3, right ones by anything: (0.01 + 0.04 + 0.09) / 3.
        foreach (var anything in new[] { 0f, 1f, 1e6f })
        {
            var output = Leaf([0.9f, anything, 0.8f, anything, 1.3f, anything], 1, 3, 1, 2);
            var loss = new PartialReconstruction().Of(output, image, mask);
            Assert.Equal(0.14 / 3, loss.Item(), 1e-6);
            loss.Backward();
            var gradient = output.Gradient!.ToArray<float>();
            Assert.Equal([-0.2f / 3, 0, -0.4f / 3, 0, 0.6f / 3, 0], gradient, (a, b) => Math.Abs(a - b) < 1e-6);
        }
    }

    [Fact]
    public void The_sum_is_per_image_and_the_mean_over_valid_values()
    {
        using var scope = new TensorScope();
        var (image, output) = (Tensor.Zeros([2, 3, 4, 4]), Tensor.Full([2, 3, 4, 4], 0.5));
        var mask = Tensor.Cat([Tensor.Ones([2, 1, 4, 2]), Tensor.Zeros([2, 1, 4, 2])], 3);
        Assert.Equal(0.25, new PartialReconstruction().Of(output, image, mask).Item(), 1e-6);
        Assert.Equal(
            0.75,
            new PartialReconstruction { Weight = 3 }
                .Of(output, image, mask)
                .Item(),
            1e-6
        );
        // 8 valid pixels of 3 channels in an image.
        Assert.Equal(
            24 * 0.25,
            new PartialReconstruction { Sum = true }
                .Of(output, image, mask)
                .Item(),
            1e-5
        );
        Assert.Equal(
            12 * 0.25,
            new PartialReconstruction { Sum = true, Weight = 0.5 }
                .Of(output, image, mask)
                .Item(),
            1e-5
        );
    }

    [Fact]
    public void A_batch_without_valid_pixels_costs_nothing()
    {
        using var scope = new TensorScope();
        var loss = new PartialReconstruction().Of(
            Tensor.Ones([1, 3, 2, 2]),
            Tensor.Zeros([1, 3, 2, 2]),
            Tensor.Zeros([1, 1, 2, 2])
        );
        Assert.Equal(0, loss.Item());
    }

    private static Tensor Leaf(float[] values, params long[] shape)
    {
        var leaf = Tensor.From(values, shape);
        leaf.RequiresGrad = true;
        return leaf;
    }
}
