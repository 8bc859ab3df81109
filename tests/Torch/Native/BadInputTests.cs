using Coverslip.Torch.Layers;

namespace Coverslip.Torch.Tests.Native;

/// <summary>
/// What libtorch refuses names the operator, the operands' shapes and what was expected, and ends no process.
/// </summary>
[NoTensorLeaks]
public sealed class BadInputTests
{
    [Fact]
    public void A_wrong_shape_names_operator_and_shapes() =>
        Refused(() => Tensor.Zeros([2, 3]).Matmul(Tensor.Zeros([4, 5])), "aten::matmul", "[2, 3]", "[4, 5]");

    [Fact]
    public void A_convolution_names_input_weight_and_its_expectation()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var conv = new Conv2d(store.Root, 3, 4, 3);
        Refused(
            () => conv.Forward(Tensor.Zeros([1, 2, 8, 8])),
            "aten::conv2d",
            "[1, 2, 8, 8]",
            "[4, 3, 3, 3]",
            "3 channels"
        );
    }

    [Fact]
    public void A_wrong_element_type_is_named() =>
        Refused(() => Tensor.Zeros([2, 2]).Matmul(Tensor.Zeros([2, 2], DType.Int64)), "aten::matmul", "Float", "Long");

    [Fact]
    public void A_list_of_tensors_is_shown() =>
        Refused(() => Tensor.Cat([Tensor.Zeros([2, 2]), Tensor.Zeros([3, 3])], 0), "aten::cat", "[2, 2]", "[3, 3]");

    [Fact]
    public void An_unknown_operator_is_named() =>
        Assert.Contains(
            "aten::no_such.thing",
            Assert.Throws<TorchException>(() => new Operator("aten::no_such", "thing")).Message
        );

    [Fact]
    public void Wrong_arguments_of_a_boxed_call_are_named()
    {
        var relu = new Operator("aten::relu");
        Refused(() => relu.Call(1), "aten::relu", "'self'", "Tensor", "int");
        Refused(() => relu.Call(Tensor.Ones([1]), 2), "aten::relu", "takes 1 arguments", "given were 2");
        Refused(() => relu.Call(), "aten::relu", "'self'", "missing");
        Refused(() => new Operator("aten::sum", "dim_IntList").Call(Tensor.Ones([1]), "x"), "'dim'", "int[]", "str");
    }

    [Fact]
    public void An_operator_of_several_results_does_not_fit_a_call_of_one() =>
        Refused(() => new Operator("aten::max", "dim").Call(Tensor.Ones([2, 2]), 0), "aten::max", "more values");

    [Fact]
    public void A_disposed_operand_is_an_exception()
    {
        var tensor = Tensor.Ones([2]);
        tensor.Dispose();
        using var other = Tensor.Ones([2]);
        Assert.Throws<ObjectDisposedException>(() => other + tensor);
        Assert.Throws<ObjectDisposedException>(() => Tensor.Cat([other, tensor], 0));
        Assert.Throws<ObjectDisposedException>(() => tensor.Shape);
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:x")]
    [InlineData("cuda:-1")]
    [InlineData("")]
    public void A_device_that_is_none_is_named(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => Device.Parse(text));
        Assert.Contains($"'{text}'", error.Message);
        Assert.Contains("cpu, cuda or cuda:N", error.Message);
    }

    [Fact]
    public void A_GPU_that_is_not_there_says_how_many_are()
    {
        var error = Assert.Throws<ArgumentException>(() => Device.Parse("cuda:99"));
        Assert.Contains($"sees {TorchRuntime.CudaDevices} CUDA GPU(s)", error.Message);
        Assert.Contains("--device cpu", error.Message);
    }

    [Fact]
    public void Values_that_do_not_fit_a_shape_are_counted() =>
        Assert.Contains("3 values", Assert.Throws<ArgumentException>(() => Tensor.From([1f, 2, 3], 2, 2)).Message);

    [Fact]
    public void Reading_as_another_type_names_both()
    {
        using var scope = new TensorScope();
        Refused(() => Tensor.Zeros([2]).ToArray<int>(), "Float32[2]", "Int32");
        Refused(() => Tensor.Zeros([2]).Item(), "Float32[2]", "expected was one");
    }

    [Fact]
    public void A_shape_that_no_memory_holds_is_an_exception() =>
        Refused(() => Tensor.Zeros([1L << 40, 1L << 20]), "aten::zeros");

    [Fact]
    public void Backward_of_what_has_no_gradient_is_an_exception() =>
        Assert.Contains("grad", Refused(() => Tensor.Ones([1]).Backward()));

    private static string Refused(Func<object?> call, params string[] parts) =>
        Refused(
            () =>
            {
                call();
            },
            parts
        );

    private static string Refused(Action call, params string[] parts)
    {
        var error = Assert.Throws<TorchException>(() =>
        {
            using var scope = new TensorScope();
            call();
        });
        foreach (var part in parts)
            Assert.Contains(part, error.Message);
        return error.Message;
    }
}
