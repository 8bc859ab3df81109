namespace Coverslip.Torch.Layers;

/// <summary>
/// The parameters and buffers of a network, each under the path it was born with; paths equal PyTorch's, so that
/// published
/// weights load by name. Device, element type and the training switch belong to the store.
/// </summary>
public sealed class ParameterStore : IDisposable
{
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly List<string> order = [];

    /// <param name="device">Where everything lives.</param>
    /// <param name="type">Element type of parameters and of floating buffers.</param>
    public ParameterStore(Device device = default, DType type = DType.Float32) => (Device, DType) = (device, type);

    public Device Device { get; }

    public DType DType { get; }

    /// <summary>Whether layers behave as in training (batch statistics, dropout).</summary>
    public bool Training { get; set; } = true;

    /// <summary>The path of the outermost module.</summary>
    public ParameterPath Root => new(this, "");

    /// <summary>Trainable tensors in the order of their birth.</summary>
    public IEnumerable<(string Path, Tensor Value)> Parameters =>
        order.Where(p => !entries[p].Buffer).Select(p => (p, entries[p].Value));

    /// <summary>Tensors that belong to the network's state without being trained.</summary>
    public IEnumerable<(string Path, Tensor Value)> Buffers =>
        order.Where(p => entries[p].Buffer).Select(p => (p, entries[p].Value));

    /// <summary>Parameters and buffers in the order of their birth.</summary>
    public IEnumerable<(string Path, Tensor Value)> All => order.Select(p => (p, entries[p].Value));

    /// <summary>Number of trainable scalars.</summary>
    public long ParameterCount => Parameters.Sum(p => p.Value.Count);

    /// <summary>The tensor of a path.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message names the nearest.</exception>
    public Tensor this[string path] =>
        entries.TryGetValue(path, out var entry)
            ? entry.Value
            : throw new KeyNotFoundException($"no parameter '{path}'; the nearest is '{NearestName.Of(path, order)}'");

    internal Tensor Add(string path, Func<Tensor> make, bool buffer)
    {
        if (entries.ContainsKey(path))
            throw new ArgumentException($"parameter '{path}' exists already: give the layer another path");
        using var escape = TensorScope.Escape();
        var value = make();
        value.RequiresGrad =
            !buffer && (value.DType is DType.Float16 or DType.BFloat16 or DType.Float32 or DType.Float64);
        entries.Add(path, new Entry(value, buffer));
        order.Add(path);
        return value;
    }

    /// <summary>
    /// Copies values in by path. Missing, unexpected and misshapen keys are listed with the nearest name.
    /// </summary>
    /// <param name="values">Tensors by path; converted to the store's device and type.</param>
    /// <param name="strict">Whether a missing or unexpected key is an error; a wrong shape always is.</param>
    /// <exception cref="TorchException">Keys or shapes do not fit; nothing was copied.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> values, bool strict = true)
    {
        var wrong = new List<string>();
        foreach (var path in order)
        {
            if (!values.TryGetValue(path, out var value))
            {
                if (strict)
                    wrong.Add(
                        $"missing '{path}' {Sizes(entries[path].Value)}{Near(path, values.Keys.Where(k => !entries.ContainsKey(k)))}"
                    );
            }
            else if (!value.Shape.AsSpan().SequenceEqual(entries[path].Value.Shape))
            {
                wrong.Add($"'{path}' is {Sizes(value)}, expected was {Sizes(entries[path].Value)}");
            }
        }
        if (strict)
            wrong.AddRange(
                values
                    .Keys.Where(k => !entries.ContainsKey(k))
                    .Select(k =>
                        $"unexpected '{k}' {Sizes(values[k])}{Near(k, order.Where(p => !values.ContainsKey(p)))}"
                    )
            );
        if (wrong.Count > 0)
            throw new TorchException(
                $"the weights do not fit the network: {string.Join("; ", wrong.Take(12))}{(wrong.Count > 12 ? $"; and {wrong.Count - 12} more" : "")}"
            );
        using var off = new NoGradient();
        foreach (var path in order)
            if (values.TryGetValue(path, out var value))
                entries[path].Value.CopyInPlace(value);
    }

    /// <summary>Drops all gradients, so that the next backward pass starts anew.</summary>
    public void ClearGradients()
    {
        foreach (var (_, value) in Parameters)
            value.Gradient = null;
    }

    /// <summary>Lays 4-d parameters pixel by pixel, as channels-last inputs want them.</summary>
    public void ToChannelsLast()
    {
        using var off = new NoGradient();
        foreach (var path in order)
        {
            var old = entries[path].Value;
            if (old.Shape.Length != 4)
                continue;
            using var escape = TensorScope.Escape();
            using var moved = old.Contiguous(MemoryFormat.ChannelsLast);
            old.SetDataFrom(moved);
        }
    }

    public void Dispose()
    {
        foreach (var entry in entries.Values)
        {
            entry.Value.Gradient = null;
            entry.Value.Dispose();
        }
        entries.Clear();
        order.Clear();
    }

    private static string Sizes(Tensor tensor) => $"[{string.Join(", ", tensor.Shape)}]";

    private static string Near(string key, IEnumerable<string> among) =>
        NearestName.Of(key, among) is { } name ? $" (nearest: '{name}')" : "";

    private readonly record struct Entry(Tensor Value, bool Buffer);
}

/// <summary>Where a layer is born: <c>new Conv2d(at / "conv1", …)</c> registers <c>conv1.weight</c>.</summary>
public readonly record struct ParameterPath(ParameterStore Store, string Prefix)
{
    public static ParameterPath operator /(ParameterPath at, string name) =>
        at with
        {
            Prefix = at.Prefix.Length == 0 ? name : $"{at.Prefix}.{name}",
        };

    public static ParameterPath operator /(ParameterPath at, int index) =>
        at / index.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Registers a trainable tensor filled by <paramref name="fill"/>.</summary>
    public Tensor Parameter(string name, long[] shape, Action<Tensor> fill)
    {
        var store = Store;
        return store.Add((this / name).Prefix, () => Filled(store, shape, fill), buffer: false);
    }

    /// <summary>Registers a tensor of the state that is not trained.</summary>
    public Tensor Buffer(string name, long[] shape, double value, DType? type = null)
    {
        var store = Store;
        return store.Add(
            (this / name).Prefix,
            () => Tensor.Full(shape, value, type ?? store.DType, store.Device),
            buffer: true
        );
    }

    private static Tensor Filled(ParameterStore store, long[] shape, Action<Tensor> fill)
    {
        // Drawn on the processor whatever the device, so that a seed means the same weights everywhere.
        using var off = new NoGradient();
        var value = Tensor.Empty(shape);
        fill(value);
        if (!store.Device.IsCuda && store.DType == DType.Float32)
            return value;
        var moved = value.To(store.Device, store.DType);
        value.Dispose();
        return moved;
    }
}
