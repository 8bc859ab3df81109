using Coverslip.Learning.Inputs;
using Coverslip.Tests;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.Tests.SagaNet;

/// <summary>
/// golden/saganet.safetensors, whose script says how its tensors are named. Its tensors belong to the open scope.
/// </summary>
internal sealed class GoldenSagaNet
{
    internal const int Height = 64,
        Width = 32;
    private static readonly string File = Path.Combine(
        TestData.Root,
        "tests",
        "Methods",
        "SagaNet",
        "golden",
        "saganet.safetensors"
    );

    private readonly Dictionary<string, Tensor> tensors = SafeTensors.Read(File);

    internal bool Has(string key) => tensors.ContainsKey(key);

    /// <summary>The images, masks and classes of every case.</summary>
    internal Batch Batch(float[]? weights = null) =>
        new(
            (tensors["input/image"].To(DType.Float32) * (1 / 255.0)).Contiguous(MemoryFormat.ChannelsLast),
            tensors["input/mask"].To(DType.Float32),
            tensors["input/target"],
            weights is null ? null : Tensor.From(weights)
        );

    /// <summary>
    /// Parameters and running statistics take numbers from the pool in the order of their paths, as in the script.
    /// </summary>
    internal void Fill(ParameterStore store)
    {
        var pool = tensors["input/pool"].ToArray<float>();
        var taken = 0;
        using var off = new NoGradient();
        using var scope = new TensorScope();
        foreach (var (path, value) in InOrder(store.All.Where(p => p.Value.DType == DType.Float32)))
        {
            var (count, shape) = ((int)value.Count, value.Shape);
            var drawn = Enumerable.Range(taken, count).Select(i => pool[i % pool.Length]);
            taken += count;
            var nearOne =
                path.EndsWith("running_var", StringComparison.Ordinal)
                || path.EndsWith("norm.weight", StringComparison.Ordinal);
            var scale =
                nearOne ? 0.4
                : shape.Length > 1 ? 1.7 / Math.Sqrt((double)count / shape[0])
                : 0.3;
            value.CopyInPlace(Tensor.From([.. drawn.Select(p => (float)((nearOne ? 1 : 0) + scale * p))], shape));
        }
    }

    /// <summary>Fails at the first number that is off by more than 1e-4 of itself and 1e-5 of the largest.</summary>
    internal void Expect(string key, Tensor actual)
    {
        var expected = tensors[key].ToArray<float>();
        Expect(key, actual, expected, expected.Max(Math.Abs));
    }

    /// <summary>The same for tensors that stand one after the other in the order of their paths.</summary>
    internal void Expect(string key, IEnumerable<(string Path, Tensor Value)> actual)
    {
        var expected = tensors[key].ToArray<float>();
        var (start, largest) = (0, expected.Max(Math.Abs));
        foreach (var (path, value) in InOrder(actual))
        {
            var end = start + (int)value.Count;
            Assert.True(end <= expected.Length, $"{key}: {path} is beyond the end");
            Expect($"{key}/{path}", value, expected[start..end], largest);
            start = end;
        }
        Assert.Equal(expected.Length, start);
    }

    private static void Expect(string what, Tensor actual, float[] expected, double largest)
    {
        var got = actual.ToArray<float>();
        Assert.True(expected.Length == got.Length, $"{what}: {got.Length} numbers instead of {expected.Length}");
        for (var i = 0; i < got.Length; i++)
        {
            Assert.True(
                Math.Abs(got[i] - expected[i]) <= 1e-4 * Math.Abs(expected[i]) + 1e-5 * largest,
                $"{what}[{i}]: expected was {expected[i]:R}, got {got[i]:R}"
            );
        }
    }

    private static IEnumerable<(string Path, Tensor Value)> InOrder(IEnumerable<(string Path, Tensor Value)> tensors) =>
        tensors.OrderBy(t => t.Path, StringComparer.Ordinal);
}
