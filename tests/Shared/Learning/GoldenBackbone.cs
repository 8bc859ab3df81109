using System.Security.Cryptography;
using System.Text;
using Coverslip.Tests;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Tests;

/// <summary>
/// One case of golden/backbones.safetensors or another file there, whose script says how its tensors are named and its weights drawn.
/// </summary>
internal sealed class GoldenBackbone
{
    private const int Figures = 3;
    private static readonly string Folder = Path.Combine(TestData.Root, "tests", "Learning", "Backbones", "golden");

    private readonly string name;
    private readonly Dictionary<string, Tensor> tensors;

    /// <summary>Its tensors belong to the open scope.</summary>
    internal GoldenBackbone(string name, string file = "backbones.safetensors")
    {
        this.name = name;
        tensors = SafeTensors
            .Read(Path.Combine(Folder, file))
            .Where(t => t.Key.StartsWith($"{name}/", StringComparison.Ordinal))
            .ToDictionary(t => t.Key[(name.Length + 1)..], t => t.Value);
    }

    /// <summary>What was kept of a mode.</summary>
    internal IReadOnlyList<string> Of(string mode) =>
        [.. tensors.Keys.Select(k => k.Split('/', 2)).Where(parts => parts[0] == mode).Select(parts => parts[1])];

    /// <summary>The script's <c>draw</c>.</summary>
    internal static float[] Draw(string key, int count, double scale = 1, double shift = 0)
    {
        var seed = 2166136261u;
        foreach (var letter in Encoding.UTF8.GetBytes(key))
            seed = (seed ^ letter) * 16777619;
        var drawn = new float[count];
        for (var i = 0; i < count; i++)
        {
            var h = seed + (uint)i * 0x9E3779B9u;
            h = (h ^ (h >> 16)) * 0x85EBCA6B;
            h = (h ^ (h >> 13)) * 0xC2B2AE35;
            h ^= h >> 16;
            drawn[i] = (float)(((h >> 8) / 8388608.0 - 1) * scale + shift);
        }
        return drawn;
    }

    /// <summary>The script's <c>fill</c>.</summary>
    internal static void Fill(ParameterStore store)
    {
        using var off = new NoGradient();
        foreach (var (path, value) in store.All.Where(p => p.Value.DType != DType.Int64))
        {
            using var scope = new TensorScope();
            var (shape, count) = (value.Shape, (int)value.Count);
            var nearOne = path.Split('.')[^1] is "running_var" or "weight";
            var drawn =
                shape.Length > 1 ? Draw(path, count, Math.Sqrt(6 / ((double)count / shape[0])))
                : nearOne ? Draw(path, count, 0.4, 1)
                : Draw(path, count, 0.3);
            value.CopyInPlace(Tensor.From(drawn, shape));
        }
    }

    internal static Tensor Input(params long[] shape) =>
        Tensor.From(Draw("input", (int)shape.Aggregate(1L, (a, b) => a * b), 1.7), shape);

    /// <summary>Fails unless all keys and shapes, in alphabetical order, have the script's SHA-256.</summary>
    internal void ExpectKeys(ParameterStore store)
    {
        var lines = store.All.Select(p => $"{p.Path} [{string.Join(", ", p.Value.Shape)}]");
        var text = string.Join('\n', lines.Order(StringComparer.Ordinal));
        Assert.Equal(tensors["keys"].ToArray<byte>(), SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>
    /// Fails where mean, root mean square or greatest value is off by more than a share of the greatest, or where the
    /// samples as one vector are off by more than that share of their length.
    /// </summary>
    internal void Expect(string key, Tensor actual, double share = 1e-4)
    {
        var kept = tensors[key].ToArray<float>();
        var flat = actual.To(DType.Float64).ToArray<double>();
        double[] figures = [flat.Average(), Math.Sqrt(flat.Average(v => v * v)), flat.Max(Math.Abs)];
        for (var i = 0; i < Figures; i++)
        {
            Assert.True(
                Math.Abs(figures[i] - kept[i]) <= share * kept[2],
                $"{name}/{key}: figure {i} was to be {kept[i]:R}, is {figures[i]:R}"
            );
        }
        var samples = kept[Figures..];
        var off = samples.Select((value, i) => flat[(long)i * flat.Length / samples.Length] - value).ToArray();
        var measured = Math.Sqrt(off.Sum(v => v * v) / samples.Sum(v => (double)v * v));
        Assert.True(
            measured <= share,
            $"{name}/{key}: samples are off by {measured:g3} of their length, not {share:g3}"
        );
    }
}
