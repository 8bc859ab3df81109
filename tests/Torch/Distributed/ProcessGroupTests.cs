using Coverslip.Torch.Distributed;
using Coverslip.Torch.Layers;

namespace Coverslip.Torch.Tests.Distributed;

/// <summary>Ranks against one process that has all their values.</summary>
[NoTensorLeaks]
public sealed class ProcessGroupTests
{
    [Fact]
    public void Sums_broadcasts_and_keys_reach_every_rank()
    {
        Assert.True(ProcessGroup.Backends.HasFlag(GroupBackend.Gloo), "built without gloo's headers");
        var given = TogetherRanks.Run(
            3,
            group =>
            {
                using var scope = new TensorScope();
                // Sums and broadcasts of tensors of several types and a view are joined and taken apart again.
                Tensor[] own =
                [
                    Tensor.From<float>([1, 2, 3, 4], 2, 2).Transpose(0, 1) * (group.Rank + 1),
                    Tensor.From<double>([group.Rank]),
                    Tensor.From<float>([10f * group.Rank]),
                ];
                group.Sum(own);
                var told = Tensor.From<long>([group.Rank + 7]);
                group.Broadcast([told], root: 2);
                return (double[])
                    [.. own.SelectMany(t => t.To(DType.Float64).ToArray<double>()), told.ToArray<long>()[0]];
            }
        );
        Assert.All(given, one => Assert.Equal([6, 18, 12, 24, 3, 30, 9], one));
        using var store = GroupStore.Serve("127.0.0.1", 0, TimeSpan.FromSeconds(5));
        using var other = GroupStore.Join("127.0.0.1", store.Port, TimeSpan.FromSeconds(5));
        store.Set("who", "rank 0 äß");
        Assert.Equal(("rank 0 äß", 3), (other.Get("who"), store.Add("n", 1) + other.Add("n", 1)));
    }

    [Fact]
    public void A_gradient_that_a_rank_lacks_counts_as_zero_and_one_that_all_lack_stays_away()
    {
        var given = TogetherRanks.Run(
            2,
            group =>
            {
                using var scope = new TensorScope();
                using var store = new ParameterStore();
                Tensor[] all =
                [
                    .. Enumerable.Range(0, 3).Select(i => store.Root.Parameter($"p{i}", [2], p => p.FillInPlace(1))),
                ];
                (all[0] * (group.Rank + 1)).Sum().Backward();
                if (group.Rank == 1)
                    (all[1] * 5).Sum().Backward();
                group.SumGradients(all);
                return (float[][])[.. all.Select(p => p.Gradient?.ToArray<float>() ?? [])];
            }
        );
        Assert.All(
            given,
            one =>
                Assert.Equal(
                    [
                        [3, 3],
                        [5, 5],
                        [],
                    ],
                    one
                )
        );
    }

    /// <summary>Of two ranks with 3 and 1 images, and of a third that only takes part.</summary>
    [Fact]
    public void Normalization_over_ranks_equals_that_of_all_their_images()
    {
        var (values, flows) = (Drawn(1, 4 * 3 * 5 * 5), Drawn(2, 4 * 3 * 5 * 5));
        var whole = Normalized(null, values, flows, 4);
        int[] images = [3, 1, 1];
        var parts = TogetherRanks.Run(
            3,
            group =>
            {
                group.Counts = group.Rank < 2;
                var each = 3 * 5 * 5;
                var mine = (group.Rank == 0 ? 0 : 3 * each)..(group.Rank == 0 ? 3 * each : 4 * each);
                var flow = group.Counts ? flows[mine] : new float[each];
                return Normalized(group, values[mine], flow, images[group.Rank]);
            }
        );
        float[] Joined(Func<Found, float[]> of) => [.. of(parts[0]), .. of(parts[1])];
        Near(whole.Output, Joined(p => p.Output));
        Near(whole.Gradient, Joined(p => p.Gradient));
        Assert.All(parts[2].Gradient, g => Assert.Equal(0, g));
        Near(whole.Weights, [.. whole.Weights.Select((_, i) => parts.Sum(p => p.Weights[i]))]);
        Assert.All(parts, p => Near(whole.Running, p.Running));
    }

    /// <summary>In buckets while the backward pass runs, over parts that are recomputed and a parameter that nobody uses.</summary>
    [Fact]
    public void Reduced_gradients_are_the_mean_over_ranks_in_every_step()
    {
        var given = TogetherRanks.Run(
            2,
            group =>
            {
                using var store = new ParameterStore();
                var (a, b) = (
                    store.Root.Parameter("a", [600, 600], p => p.FillInPlace(1)), // a bucket of its own
                    store.Root.Parameter("b", [2], p => p.FillInPlace(2))
                );
                _ = store.Root.Parameter("unused", [2], p => p.FillInPlace(3));
                using var reducer = new GradientReducer(group, [.. store.Trainable.Select(p => p.Value)]);
                var steps = new List<double[]>();
                for (var step = 1; step <= 3; step++)
                {
                    using var scope = new TensorScope();
                    store.ClearGradients();
                    reducer.Begin();
                    var inner = Recompute.Run(x => [x[0] * b], Tensor.Ones([2]))[0];
                    ((a.Mean() * 3 + inner.Sum()) * (step * (group.Rank + 1))).Backward();
                    reducer.End();
                    steps.Add([
                        a.Gradient!.Sum().Item(),
                        b.Gradient!.Sum().Item(),
                        store["unused"].Gradient is null ? 0 : 1,
                    ]);
                }
                return steps;
            }
        );
        foreach (var steps in given)
            for (var step = 1; step <= 3; step++)
            {
                Assert.Equal(4.5 * step, steps[step - 1][0], 1e-4);
                Assert.Equal([3.0 * step, 0], steps[step - 1][1..]);
            }
    }

    [Fact]
    public void A_rank_that_leaves_ends_the_wait_of_the_others()
    {
        var error = Assert.Throws<TorchException>(() =>
            TogetherRanks.Run(
                2,
                group =>
                {
                    using var scope = new TensorScope();
                    if (group.Rank == 1)
                        return 0;
                    for (var i = 0; i < 3; i++)
                        group.Sum(Tensor.Ones([10]));
                    return 1;
                }
            )
        );
        Assert.Contains("gloo", error.Message, StringComparison.Ordinal);
    }

    private sealed record Found(float[] Output, float[] Gradient, float[] Weights, float[] Running);

    private static Found Normalized(ProcessGroup? group, float[] values, float[] flow, int images)
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore { StatisticsOver = group };
        var layer = new BatchNorm2d(store.Root, 3, activation: Activation.Relu);
        using (new NoGradient())
            layer.Weight.CopyInPlace(Tensor.From<float>([0.5f, 1, 2]));
        var x = (Tensor.From(values, images, 3, 5, 5) * 2 + 3).Detach();
        x.RequiresGrad = true;
        var y = layer.Forward(x);
        y.Backward(Tensor.From(flow, images, 3, 5, 5));
        return new Found(
            y.ToArray<float>(),
            x.Gradient!.ToArray<float>(),
            [.. layer.Weight.Gradient!.ToArray<float>(), .. layer.Bias.Gradient!.ToArray<float>()],
            [.. store["running_mean"].ToArray<float>(), .. store["running_var"].ToArray<float>()]
        );
    }

    private static float[] Drawn(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }

    private static void Near(float[] expected, float[] given) =>
        Assert.Equal(expected, given, (a, b) => Math.Abs(a - b) <= 2e-5 * Math.Max(1, Math.Abs(a)));
}
