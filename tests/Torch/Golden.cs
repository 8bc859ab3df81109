using Coverslip.Tests;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Layers;

namespace Coverslip.Torch.Tests;

/// <summary>
/// One case of golden/golden.safetensors (golden.py says how its tensors are named). Its tensors belong to the open
/// scope.
/// </summary>
internal sealed class Golden
{
    private static readonly string File = Path.Combine(TestData.Root, "tests", "Torch", "golden", "golden.safetensors");
    private readonly Dictionary<string, Tensor> tensors = [];
    private readonly string name;

    internal Golden(string name)
    {
        this.name = name;
        using var scope = new TensorScope();
        foreach (var (key, value) in SafeTensors.Read(File))
        {
            if (!key.StartsWith($"{name}/", StringComparison.Ordinal))
                continue;
            var here = scope.Keep(value.Here());
            here.RequiresGrad = key.StartsWith($"{name}/in/", StringComparison.Ordinal);
            tensors.Add(key[(name.Length + 1)..], here);
        }
        if (tensors.Count == 0)
            throw new ArgumentException($"{File} holds no case '{name}'");
    }

    /// <summary>The names of all cases.</summary>
    internal static IEnumerable<string> Names
    {
        get
        {
            using var scope = new TensorScope();
            return [.. SafeTensors.Read(File).Keys.Select(k => k[..k.IndexOf('/')]).Distinct()];
        }
    }

    internal Tensor this[string key] => tensors[key];

    /// <summary>Input or argument of an operator.</summary>
    internal Tensor In(string key) => tensors.TryGetValue($"in/{key}", out var input) ? input : tensors[$"arg/{key}"];

    /// <summary>What a layer's state is before or after the step, and its gradients: state, after, dstate.</summary>
    internal Dictionary<string, Tensor> Group(string group) =>
        tensors
            .Where(t => t.Key.StartsWith($"{group}/", StringComparison.Ordinal))
            .ToDictionary(t => t.Key[(group.Length + 1)..], t => t.Value);

    /// <summary>Compares the output, runs backward, and compares every input's gradient.</summary>
    internal void Expect(Tensor output)
    {
        Near(tensors["out"], output, $"{name}/out");
        if (!tensors.TryGetValue("up", out var up))
            return;
        output.Backward(up);
        foreach (var (key, expected) in Group("grad"))
            Near(expected, tensors[$"in/{key}"].Gradient!, $"{name}/grad/{key}");
    }

    /// <summary>Compares a layer's gradients and buffers, too.</summary>
    internal void Expect(Tensor output, ParameterStore store)
    {
        Expect(output);
        foreach (var (path, expected) in Group("dstate"))
            Near(expected, store[path].Gradient!, $"{name}/dstate/{path}");
        foreach (var (path, expected) in Group("after"))
            Near(expected, store[path], $"{name}/after/{path}");
    }

    /// <summary>Fails with the first element that differs by more than the device's tolerance.</summary>
    internal static void Near(Tensor expected, Tensor actual, string what, double? tolerance = null)
    {
        using var scope = new TensorScope();
        Assert.True(
            expected.Shape.AsSpan().SequenceEqual(actual.Shape),
            $"{what}: expected was {expected}, got {actual}"
        );
        var wanted = expected.To(DType.Float64).ToArray<double>();
        var got = actual.To(DType.Float64).ToArray<double>();
        for (var i = 0; i < wanted.Length; i++)
        {
            var allowed = (tolerance ?? TestDevice.Absolute) + (tolerance ?? TestDevice.Relative) * Math.Abs(wanted[i]);
            Assert.True(
                Math.Abs(wanted[i] - got[i]) <= allowed,
                $"{what}[{i}]: expected was {wanted[i]:R}, got {got[i]:R}"
            );
        }
    }
}
