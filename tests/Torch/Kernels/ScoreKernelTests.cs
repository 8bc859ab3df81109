namespace Coverslip.Torch.Tests.Kernels;

/// <summary>Cross-entropy and argmax over rows of scores, of native/torch against libtorch's in float64.</summary>
[NoTensorLeaks]
[Threads(2)]
public sealed class ScoreKernelTests
{
    private static readonly Operator Entropy = new("coverslip::cross_entropy"),
        Largest = new("coverslip::argmax");

    /// <summary>Rows and classes: less than a vector, more than a block of rows.</summary>
    public static TheoryData<int, int> Shapes =>
        new()
        {
            { 7, 5 },
            { 3, 300 },
            { 1000, 100 },
            { 5000, 37 },
        };

    [Theory, MemberData(nameof(Shapes))]
    public void Cross_entropy_and_its_gradient_equal_libtorchs(int rows, int classes)
    {
        using var scope = new TensorScope();
        var (scores, target) = Scores(rows, classes);
        // What flows back here is not one, unlike below: the operator tells the two apart.
        Comparison.Agree(t => Entropy.Call(t[0], target), t => Losses.CrossEntropy(t[0], target), [scores], 1e-5);
        var (own, wide) = (scores.Detach(), scores.Detach().To(DType.Float64));
        (own.RequiresGrad, wide.RequiresGrad) = (true, true);
        Entropy.Call(own, target).Backward();
        Losses.CrossEntropy(wide, target).Backward();
        Comparison.Close("gradient", own.Gradient!, wide.Gradient!, 1e-5);
    }

    [Fact]
    public void One_class_costs_nothing()
    {
        using var scope = new TensorScope();
        var scores = Tensor.Randn([3, 1]);
        scores.RequiresGrad = true;
        var loss = Entropy.Call(scores, Tensor.From<long>([0, 0, 0]));
        loss.Backward();
        Assert.Equal(0, loss.Item());
        Assert.Equal([0f, 0f, 0f], scores.Gradient!.ToArray<float>());
    }

    [Theory, MemberData(nameof(Shapes))]
    public void The_first_of_equal_scores_is_the_largest(int rows, int classes)
    {
        using var scope = new TensorScope();
        var scores = Scores(rows, classes).Scores;
        // In every row the middle class draws level with the best.
        scores.Narrow(1, classes / 2, 1).CopyInPlace(scores.Max([1], keep: true));
        var labels = Largest.Call(scores).ToArray<long>();
        var values = scores.ToArray<float>();
        for (var r = 0; r < rows; r++)
        {
            var row = values.AsSpan(r * classes, classes);
            var best = 0;
            for (var c = 1; c < classes; c++)
                if (row[c] > row[best])
                    best = c;
            Assert.Equal(best, labels[r]);
        }
        Assert.Equal(scores.Argmax(1).ToArray<long>(), labels);
    }

    [Fact]
    public void A_target_beyond_the_classes_is_refused()
    {
        using var scope = new TensorScope();
        var scores = Tensor.Randn([3, 2]);
        var refusal = Assert.Throws<TorchException>(() => Entropy.Call(scores, Tensor.From<long>([0, 2, 1])));
        Assert.Contains("coverslip::cross_entropy", refusal.Message, StringComparison.Ordinal);
        Assert.Matches("(target from 0 to 2|Target 2 is out of bounds)", refusal.Message); // ours, and libtorch's
    }

    private static (Tensor Scores, Tensor Target) Scores(int rows, int classes)
    {
        TorchRuntime.Seed(5);
        return (
            Tensor.Randn([rows, classes]) * 5,
            Tensor.From<long>([.. Enumerable.Range(0, rows).Select(r => (long)(r * 7 % classes))])
        );
    }
}
