using Coverslip.Files;
using Coverslip.Torch.Distributed;

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
    private readonly Dictionary<object, IDisposable> folded = [];
    private bool training = true;

    /// <param name="device">Where everything lives.</param>
    /// <param name="type">Element type of parameters and of floating buffers.</param>
    public ParameterStore(Device device = default, DType type = DType.Float32) => (Device, DType) = (device, type);

    public Device Device { get; }

    public DType DType { get; }

    /// <summary>
    /// Whether parameters are left as their memory was, since weights are loaded next: of a giant network, drawing them
    /// takes as long as reading. False by default.
    /// </summary>
    public bool Unfilled { get; init; }

    /// <summary>
    /// Whether layers behave as in training (batch statistics, dropout); a folded store that trains is no longer folded.
    /// </summary>
    public bool Training
    {
        get => training;
        set
        {
            training = value;
            if (value)
                Unfold();
        }
    }

    /// <summary>
    /// Whether batch normalization normalizes by its running statistics, and leaves them as they are, while the store
    /// trains; its factors still learn. False by default.
    /// </summary>
    public bool FixedStatistics { get; set; }

    /// <summary>
    /// Processes by whose values together batch normalization normalizes while the store trains; null (default): by those of
    /// this one.
    /// </summary>
    public ProcessGroup? StatisticsOver { get; set; }

    /// <summary>
    /// What optimizers that are made afterwards multiply their rate by for the parameter of a path; 1 by default.
    /// </summary>
    public Func<string, double> RateFactor { get; set; } = _ => 1;

    /// <summary>The type that layers compute evaluation in, after <see cref="Fold"/>; null before.</summary>
    public DType? Folded { get; private set; }

    // TorchScript holds the parameters as they are stored; ONNX what evaluation computes with.
    internal bool ComputesFolded => Folded is not null && (!Tracing.IsOn || OperatorRecorder.Current is not null);

    /// <summary>The path of the outermost module.</summary>
    public ParameterPath Root => new(this, "");

    /// <summary>The tensors that training is for, frozen ones among them, in the order of their birth.</summary>
    public IEnumerable<(string Path, Tensor Value)> Parameters =>
        order.Where(p => !entries[p].Buffer).Select(p => (p, entries[p].Value));

    /// <summary>The parameters that are not frozen.</summary>
    public IEnumerable<(string Path, Tensor Value)> Trainable => Parameters.Where(p => p.Value.RequiresGrad);

    /// <summary>Tensors that belong to the network's state without being trained.</summary>
    public IEnumerable<(string Path, Tensor Value)> Buffers =>
        order.Where(p => entries[p].Buffer).Select(p => (p, entries[p].Value));

    /// <summary>Parameters and buffers in the order of their birth.</summary>
    public IEnumerable<(string Path, Tensor Value)> All => order.Select(p => (p, entries[p].Value));

    /// <summary>Number of scalars in the parameters, frozen or not.</summary>
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
    /// Makes ready for evaluation alone: from now on, and until the store trains or loads, layers compute with copies of
    /// the parameters in a type and a layout of their own, batch normalization multiplied into the convolution before
    /// it.
    /// </summary>
    /// <param name="type">Float32, or BFloat16.</param>
    public void Fold(DType type)
    {
        Training = false;
        Unfold();
        Folded = type;
    }

    /// <summary>A layer's copies, made at their first use.</summary>
    internal T FoldedForm<T>(object layer, Func<DType, T> make)
        where T : IDisposable
    {
        // Batches beside each other meet a layer for the first time together.
        lock (folded)
        {
            if (!folded.TryGetValue(layer, out var form))
                folded.Add(layer, form = make(Folded!.Value));
            return (T)form;
        }
    }

    private void Unfold()
    {
        foreach (var form in folded.Values)
            form.Dispose();
        folded.Clear();
        Folded = null;
    }

    /// <summary>
    /// Takes parameters out of training: no gradient is computed for them, no optimizer made afterwards moves them, and
    /// batch
    /// normalization whose parameters they are acts as in evaluation.
    /// </summary>
    /// <param name="paths">Which; only parameters are asked for.</param>
    public void Freeze(Func<string, bool> paths)
    {
        foreach (var (path, value) in Parameters)
            if (paths(path))
                value.RequiresGrad = false;
    }

    /// <summary>
    /// Copies values in by path. Missing, unexpected and misshapen keys are listed with the nearest name.
    /// </summary>
    /// <param name="values">Tensors by path; converted to the store's device and type.</param>
    /// <param name="strict">Whether a missing or unexpected key is an error; a wrong shape always is.</param>
    /// <exception cref="TorchException">Keys or shapes do not fit; nothing was copied.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> values, bool strict = true) =>
        Load("", values, _ => !strict, spare: !strict);

    /// <summary>Loads the part of the store under a prefix; keys and messages are relative to it.</summary>
    internal void Load(
        string prefix,
        IReadOnlyDictionary<string, Tensor> values,
        Func<string, bool> mayMiss,
        bool spare
    )
    {
        var under = prefix.Length == 0 ? prefix : prefix + ".";
        var here = order
            .Where(p => p.StartsWith(under, StringComparison.Ordinal))
            .Select(p => p[under.Length..])
            .ToList();
        var own = here.ToDictionary(p => p, p => entries[under + p].Value, StringComparer.Ordinal);
        var missing = here.Where(p => !values.ContainsKey(p) && !mayMiss(p)).ToList();
        var misshapen = here.Where(p =>
                values.TryGetValue(p, out var value) && !value.Shape.AsSpan().SequenceEqual(own[p].Shape)
            )
            .ToList();
        var unexpected = values.Keys.Where(k => !spare && !own.ContainsKey(k)).ToList();
        var wrong = missing
            .Select(p => $"missing '{p}' {Sizes(own[p])}{Near(p, values.Keys.Where(k => !own.ContainsKey(k)))}")
            .Concat(misshapen.Select(p => $"'{p}' is {Sizes(values[p])}, expected was {Sizes(own[p])}"))
            .Concat(
                unexpected.Select(k =>
                    $"unexpected '{k}' {Sizes(values[k])}{Near(k, here.Where(p => !values.ContainsKey(p)))}"
                )
            );
        var count = missing.Count + misshapen.Count + unexpected.Count;
        if (count > 0)
            throw new TorchException(
                $"the weights do not fit the network: {string.Join("; ", wrong.Take(12))}{(count > 12 ? $"; and {count - 12} more" : "")}"
            );
        Unfold();
        using var off = new NoGradient();
        foreach (var path in here)
            if (values.TryGetValue(path, out var value))
                own[path].CopyInPlace(value);
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
        Unfold();
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

    /// <summary>Copies values into what was born under this path, by keys relative to it.</summary>
    /// <param name="values">Tensors by key; converted to the store's device and type.</param>
    /// <param name="mayMiss">Which paths may stay as they are where no value has their key.</param>
    /// <exception cref="TorchException">A key is missing, unexpected or of another shape; nothing was
    /// copied.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> values, Func<string, bool> mayMiss) =>
        Store.Load(Prefix, values, mayMiss, spare: false);

    private static Tensor Filled(ParameterStore store, long[] shape, Action<Tensor> fill)
    {
        // Drawn on the processor whatever the device, so that a seed means the same weights everywhere.
        using var off = new NoGradient();
        var value = Tensor.Empty(shape);
        if (!store.Unfilled)
            fill(value);
        if (!store.Device.IsCuda && store.DType == DType.Float32)
            return value;
        var moved = value.To(store.Device, store.DType);
        value.Dispose();
        return moved;
    }
}
