namespace Coverslip.Torch.Tests.Tensors;

/// <summary>Values and gradients of every operator against PyTorch's.</summary>
[NoTensorLeaks]
public sealed class OperatorTests
{
    private static readonly Dictionary<string, Func<Golden, Tensor>> Operators = new()
    {
        ["add"] = g => g.In("a") + g.In("b"),
        ["add_scalar"] = g => g.In("a") + 1.5,
        ["subtract"] = g => g.In("a") - g.In("b"),
        ["subtract_scalar"] = g => g.In("a") - 1.5,
        ["subtract_from"] = g => 1.5 - g.In("a"),
        ["negate"] = g => -g.In("a"),
        ["multiply"] = g => g.In("a") * g.In("b"),
        ["multiply_scalar"] = g => 1.5 * g.In("a"),
        ["divide"] = g => g.In("a") / g.In("b"),
        ["divide_scalar"] = g => g.In("a") / 1.5,
        ["pow"] = g => g.In("a").Pow(3),
        ["square"] = g => g.In("a").Square(),
        ["sqrt"] = g => g.In("a").Sqrt(),
        ["exp"] = g => g.In("a").Exp(),
        ["log"] = g => g.In("a").Log(),
        ["abs"] = g => g.In("a").Abs(),
        ["clamp"] = g => g.In("a").Clamp(-0.5, 0.4),
        ["clamp_below"] = g => g.In("a").Clamp(0.1),
        ["matmul"] = g => g.In("a").Matmul(g.In("b")),
        ["where"] = g => Tensor.Where(g.In("c"), g.In("a"), g.In("b")),

        ["sum"] = g => g.In("a").Sum(),
        ["sum_dim"] = g => g.In("a").Sum([0, 2], keep: true),
        ["mean"] = g => g.In("a").Mean(),
        ["mean_dim"] = g => g.In("a").Mean([1, 2]),
        ["variance"] = g => g.In("a").Variance([1]),
        ["variance_biased"] = g => g.In("a").Variance([0, 1], unbiased: false, keep: true),
        ["max"] = g => g.In("a").Max(),
        ["max_dim"] = g => g.In("a").Max([1]),
        ["min"] = g => g.In("a").Min(),
        ["norm"] = g => g.In("a").Norm(),
        ["norm_dim"] = g => g.In("a").Norm([1], keep: true),
        ["argmax"] = g => g.In("a").Argmax(1),
        ["bincount"] = g => g.In("a").Bincount(6),

        ["reshape"] = g => g.In("a").Reshape(4, -1),
        ["permute"] = g => g.In("a").Permute(2, 0, 1),
        ["transpose"] = g => g.In("a").Transpose(0, 2),
        ["flatten"] = g => g.In("a").Flatten(1),
        ["squeeze"] = g => g.In("a").Squeeze(1),
        ["unsqueeze"] = g => g.In("a").Unsqueeze(1),
        ["expand"] = g => g.In("a").Expand(2, 3, 4),
        ["narrow"] = g => g.In("a").Narrow(1, 1, 2),
        ["select"] = g => g.In("a").Select(1, 2),
        ["chunk"] = g => g.In("a").Chunk(2, 1)[1],
        ["index_select"] = g => g.In("a").IndexSelect(1, g.In("i")),
        ["gather"] = g => g.In("a").Gather(1, g.In("i")),
        ["scatter_add"] = ScatterAdd,
        ["flip"] = g => g.In("a").Flip(0, 1),
        ["rotate90"] = g => g.In("a").Rotate90(1, 1, 2),
        ["roll"] = g => g.In("a").Roll([1, -2], [0, 1]),
        ["pad"] = g => g.In("a").Pad([1, 2, 0, 1], 0.5),
        ["one_hot"] = g => g.In("a").OneHot(5),
        ["cat"] = g => Tensor.Cat([g.In("a"), g.In("b")], 1),
        ["stack"] = g => Tensor.Stack([g.In("a"), g.In("b")], 1),

        ["max_pool"] = g => g.In("a").MaxPool2d(2),
        ["max_pool_ceil"] = g => g.In("a").MaxPool2d(3, 2, 1, ceil: true),
        ["avg_pool"] = g => g.In("a").AvgPool2d(2),
        ["avg_pool_inner"] = g => g.In("a").AvgPool2d(3, 2, 1, ceil: true, countPadding: false),
        ["max_pool_sides"] = g => g.In("a").MaxPool2d(3, 2, (1, 0), ceil: true),
        ["avg_pool_sides"] = g => g.In("a").AvgPool2d(3, 2, (1, 0), ceil: true, countPadding: false),
        ["adaptive_avg_pool"] = g => g.In("a").AdaptiveAvgPool2d(2, 3),
        ["upsample_nearest"] = g => g.In("a").UpsampleNearest(6, 5),
        ["upsample_bilinear"] = g => g.In("a").UpsampleBilinear(6, 5),
        ["relu"] = g => g.In("a").Relu(),
        ["relu6"] = g => (g.In("a") * 8).Relu6(),
        ["elu"] = g => g.In("a").Elu(1.3),
        ["leaky_relu"] = g => g.In("a").LeakyRelu(0.2),
        ["sigmoid"] = g => g.In("a").Sigmoid(),
        ["tanh"] = g => g.In("a").Tanh(),
        ["softmax"] = g => g.In("a").Softmax(1),
        ["log_softmax"] = g => g.In("a").LogSoftmax(1),

        ["cross_entropy"] = g => Losses.CrossEntropy(g.In("s"), g.In("t")),
        ["cross_entropy_weights"] = g => Losses.CrossEntropy(g.In("s"), g.In("t"), g.In("w"), ignore: 1),
        ["cross_entropy_maps"] = g => Losses.CrossEntropy(g.In("s"), g.In("t")),
        ["nll"] = g => Losses.NegativeLogLikelihood(g.In("s"), g.In("t")),
        ["nll_weights"] = g => Losses.NegativeLogLikelihood(g.In("s"), g.In("t"), g.In("w")),
        ["bce"] = g => Losses.BinaryCrossEntropy(g.In("s"), g.In("t")),
        ["bce_weights"] = g => Losses.BinaryCrossEntropy(g.In("s"), g.In("t"), g.In("w")),
        ["mse"] = g => Losses.MeanSquared(g.In("a"), g.In("b")),
        ["l1"] = g => Losses.MeanAbsolute(g.In("a"), g.In("b")),
        ["smooth_l1"] = g => Losses.SmoothL1(g.In("a"), g.In("b"), 0.5),
    };

    public static TheoryData<string> Names => [.. Operators.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Values_and_gradients_equal_PyTorchs(string name)
    {
        using var scope = new TensorScope();
        var golden = new Golden(name);
        golden.Expect(Operators[name](golden));
    }

    [Fact]
    public void In_place_operators_write_where_they_stand()
    {
        using var scope = new TensorScope();
        var x = Tensor.Ones([3], device: TestDevice.Current);
        x.AddInPlace(Tensor.From([1f, 2, 3]).Here(), 2);
        x.AddInPlace(1);
        x.MultiplyInPlace(0.5);
        Assert.Equal([2f, 3, 4], x.ToArray<float>());
        x.FillInPlace(7);
        Assert.Equal([7f, 7, 7], x.ToArray<float>());
        x.ZeroInPlace();
        Assert.Equal([0f, 0, 0], x.ToArray<float>());
        Assert.Equal([true, true, true], x.EqualTo(0).ToArray<bool>());
        Assert.Equal([false, false, false], x.GreaterThan(0).ToArray<bool>());
        Assert.Equal([true, true, true], x.EqualTo(x).ToArray<bool>());
    }

    private static Tensor ScatterAdd(Golden golden)
    {
        var sums = Tensor.Zeros([2, 4], device: TestDevice.Current);
        sums.ScatterAddInPlace(1, golden.In("i"), golden.In("a"));
        return sums;
    }
}
