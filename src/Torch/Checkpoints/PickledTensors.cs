namespace Coverslip.Torch.Checkpoints;

/// <summary>The tensors of an unpickled checkpoint, whatever way its storages are kept.</summary>
internal static class PickledTensors
{
    // Tied weights are two or three views of one storage.
    private const int MostViews = 16;

    private static readonly Operator StridedOp = new("aten::as_strided");

    /// <summary>
    /// The tensors of a dictionary, or of one under <c>state_dict</c> or <c>model</c>; entries that are no tensors are
    /// left out.
    /// </summary>
    /// <param name="unpickled">What the pickle held.</param>
    /// <param name="read">Reads the elements of a storage, [count]; asked once for each.</param>
    /// <param name="device">Where the tensors go.</param>
    internal static Dictionary<string, Tensor> Of(
        object? unpickled,
        Func<Unpickler.Storage, DType, Tensor> read,
        Device device
    )
    {
        if (unpickled is not Dictionary<string, object?> root)
            throw new InvalidDataException("it holds no dictionary of tensors");
        foreach (var key in (string[])["state_dict", "model"])
        {
            if (root.GetValueOrDefault(key) is not Dictionary<string, object?> inner)
                continue;
            root = inner;
            break;
        }
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        using var scope = new TensorScope();
        // Several tensors may look into one storage.
        var storages = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var asked = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (key, value) in root)
        {
            if (value is not Unpickler.View view)
                continue;
            var type = TypeOf(view.Storage.TypeName);
            asked[view.Storage.Key] = asked.GetValueOrDefault(view.Storage.Key) + CheckInside(view, key);
            if (asked[view.Storage.Key] > MostViews * Math.Max(view.Storage.Count, 1))
                throw new InvalidDataException(
                    $"tensor '{key}' and others take {asked[view.Storage.Key]} elements of storage {view.Storage.Key}, which has {view.Storage.Count}; at most {MostViews} times as many are read"
                );
            if (!storages.TryGetValue(view.Storage.Key, out var flat))
            {
                flat = read(view.Storage, type);
                storages.Add(view.Storage.Key, flat);
            }
            if (flat.DType != type || flat.Count != view.Storage.Count)
                throw new InvalidDataException($"storage {view.Storage.Key} stands with two types");
            var tensor = StridedOp.Call(flat, view.Shape, view.Strides, view.Offset);
            var alone = tensor.Count == flat.Count;
            tensors.Add(key, (alone ? tensor : tensor.Clone()).To(device));
        }
        foreach (var tensor in tensors.Values)
            scope.Keep(tensor);
        return tensors;
    }

    /// <summary>The next elements of a stream that is known to hold them.</summary>
    internal static unsafe Tensor ReadElements(Stream stream, long count, DType type)
    {
        var flat = Tensor.Empty([count], type);
        var (data, length) = flat.Memory();
        for (long done = 0; done < length; )
        {
            var part = (int)Math.Min(1 << 26, length - done);
            stream.ReadExactly(new Span<byte>((void*)(data + (nint)done), part));
            done += part;
        }
        return flat;
    }

    /// <summary>Whether an error comes from a file that contradicts itself.</summary>
    internal static bool IsUnsound(Exception error) =>
        error
            is InvalidDataException
                or EndOfStreamException
                or ArgumentException
                or InvalidOperationException
                or InvalidCastException
                or KeyNotFoundException
                or OverflowException
                or NotSupportedException;

    internal static InvalidDataException Refused(string path, Exception error) =>
        new($"{path}: no sound checkpoint of torch.save: {error.Message}", error);

    internal static DType TypeOf(string storage) =>
        storage switch
        {
            "FloatStorage" => DType.Float32,
            "DoubleStorage" => DType.Float64,
            "HalfStorage" => DType.Float16,
            "BFloat16Storage" => DType.BFloat16,
            "LongStorage" => DType.Int64,
            "IntStorage" => DType.Int32,
            "ShortStorage" => DType.Int16,
            "CharStorage" => DType.Int8,
            "ByteStorage" => DType.UInt8,
            "BoolStorage" => DType.Bool,
            _ => throw new InvalidDataException($"storage type {storage} is not supported"),
        };

    /// <summary>The view's elements: inside its storage, and no more than that has.</summary>
    private static long CheckInside(Unpickler.View view, string key)
    {
        var (shape, strides, count) = (view.Shape, view.Strides, view.Storage.Count);
        Int128 last = view.Offset;
        if (last < 0 || shape.Length != strides.Length || shape.Length > 8 || shape.Concat(strides).Any(n => n < 0))
            throw new InvalidDataException($"tensor '{key}' has a shape or strides that none can have");
        if (shape.Contains(0))
            return 0;
        Int128 elements = 1;
        for (var i = 0; i < shape.Length; i++)
        {
            last = Int128.Min(last + (Int128)(shape[i] - 1) * strides[i], long.MaxValue);
            elements = Int128.Min(elements * shape[i], long.MaxValue);
        }
        if (last >= count)
            throw new InvalidDataException($"tensor '{key}' reaches element {last} of a storage of {count}");
        // A stride of 0 repeats elements: a file of bytes would ask for any memory.
        if (elements > count)
            throw new InvalidDataException(
                $"tensor '{key}' of shape [{string.Join(", ", shape)}] and strides [{string.Join(", ", strides)}] asks for {elements} elements of a storage of {count}; save it with .contiguous() or .clone()"
            );
        return (long)elements;
    }
}
