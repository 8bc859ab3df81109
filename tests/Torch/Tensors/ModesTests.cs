using Coverslip.Torch.Layers;
using Coverslip.Torch.Optimizers;

namespace Coverslip.Torch.Tests.Tensors;

[NoTensorLeaks]
public sealed class ModesTests
{
    [Fact]
    public void Without_gradients_nothing_is_recorded_and_the_mode_ends()
    {
        using var scope = new TensorScope();
        var w = Trainable([2, 2]);
        using (new NoGradient())
        {
            using (new NoGradient())
                Assert.False((w * 2).RequiresGrad);
            Assert.False((w * 2).RequiresGrad);
        }
        Assert.True((w * 2).RequiresGrad);
    }

    [Fact]
    public void Tensors_of_inference_refuse_to_train()
    {
        using var scope = new TensorScope();
        var w = Trainable([2, 2]);
        Tensor inferred;
        using (new Inference())
            inferred = w * 2;
        Assert.False(inferred.RequiresGrad);
        var error = Assert.Throws<TorchException>(() => (inferred * w).Sum().Backward());
        Assert.Contains("nference tensor", error.Message);
        Assert.True((w * 2).RequiresGrad);
    }

    [Fact]
    public void Autocast_shortens_convolutions_and_stays_near_float32()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore(TestDevice.Current);
        TorchRuntime.Seed(3);
        var conv = new Conv2d(store.Root, 3, 8, 3);
        var x = Tensor.Rand([2, 3, 8, 8]).Here();
        var plain = conv.Forward(x);
        plain.Sum().Backward();
        var gradient = conv.Weight.Gradient!;
        store.ClearGradients();
        Tensor shortened;
        using (new Autocast(TestDevice.Current, DType.BFloat16))
            shortened = conv.Forward(x);
        Assert.Equal(DType.BFloat16, shortened.DType);
        Assert.Equal(DType.Float32, conv.Weight.DType);
        Assert.Equal(DType.Float32, conv.Forward(x).DType);
        shortened.To(DType.Float32).Sum().Backward();
        // bfloat16 carries eight bits: 2^-8 of numbers around one, 2^-8 of sums of 72 around 36.
        Golden.Near(plain, shortened, "bfloat16", 2e-2);
        Golden.Near(gradient, conv.Weight.Gradient!, "gradient of bfloat16", 2e-2);
    }

    [Fact]
    public void Nested_autocast_forgets_the_shortened_weights_at_its_end()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore(TestDevice.Current);
        var linear = new Linear(store.Root, 2, 2, bias: false);
        var x = Tensor.Ones([1, 2], device: TestDevice.Current);
        linear.Weight.Detach().FillInPlace(1);
        for (var i = 1; i <= 3; i++)
        {
            using (new NoGradient())
                linear.Weight.FillInPlace(i);
            using (new Autocast(TestDevice.Current, DType.BFloat16))
            using (new Autocast(TestDevice.Current, DType.BFloat16))
                Assert.Equal(2 * i, linear.Forward(x).To(DType.Float32).ToArray<float>()[0]);
        }
    }

    [Fact]
    public void Autocast_to_float32_switches_it_off()
    {
        using var scope = new TensorScope();
        var x = Tensor.Ones([2, 2], device: TestDevice.Current);
        using (new Autocast(TestDevice.Current, DType.BFloat16))
        using (new Autocast(TestDevice.Current, DType.Float32))
            Assert.Equal(DType.Float32, x.Matmul(x).DType);
    }

    [Fact]
    public void A_seed_gives_the_same_numbers_again()
    {
        using var scope = new TensorScope();
        TorchRuntime.Seed(7);
        var first = Draw();
        var second = Draw();
        TorchRuntime.Seed(7);
        Assert.Equal(first, Draw());
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void A_random_state_continues_where_it_was_taken()
    {
        using var scope = new TensorScope();
        TorchRuntime.Seed(7);
        Draw();
        var state = TorchRuntime.RandomState(TestDevice.Current);
        var next = Draw();
        Draw();
        TorchRuntime.SetRandomState(state, TestDevice.Current);
        Assert.Equal(next, Draw());
        Assert.Throws<TorchException>(() => TorchRuntime.SetRandomState([1, 2, 3], TestDevice.Current));
    }

    [Fact]
    public void A_seed_gives_the_same_weights_and_steps()
    {
        static float[] Train()
        {
            using var scope = new TensorScope();
            TorchRuntime.Seed(11);
            using var store = new ParameterStore(TestDevice.Current);
            var linear = new Linear(store.Root, 3, 2);
            var dropout = new Dropout(store.Root, 0.5);
            using var adam = new Adam(store, 0.1);
            for (var i = 0; i < 3; i++)
            {
                store.ClearGradients();
                dropout
                    .Forward(linear.Forward(Tensor.Rand([4, 3], device: TestDevice.Current)))
                    .Square()
                    .Mean()
                    .Backward();
                adam.Step();
            }
            return linear.Weight.ToArray<float>();
        }
        Assert.Equal(Train(), Train());
    }

    private static float[] Draw() => Tensor.Rand([5], device: TestDevice.Current).ToArray<float>();

    private static Tensor Trainable(long[] shape)
    {
        var tensor = Tensor.Ones(shape, device: TestDevice.Current);
        tensor.RequiresGrad = true;
        return tensor;
    }
}
