using System.IO.Compression;
using Coverslip.Torch.Native;

namespace Coverslip.Torch.Checkpoints;

/// <summary>
/// Checkpoints that PyTorch wrote with <c>torch.save</c> since version 1.6: a dictionary of tensors, or one under
/// <c>state_dict</c> or <c>model</c>. No code of the file is run.
/// </summary>
public static class Pickle
{
    private static readonly Operator StridedOp = new("aten::as_strided");

    /// <summary>
    /// Reads the dictionary's tensors onto a device; entries that are no tensors are left out. Ownership is as for
    /// <see cref="SafeTensors.Read"/>.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is no such checkpoint; the message names it and says
    /// why.</exception>
    public static Dictionary<string, Tensor> Read(string path, Device device = default)
    {
        using var file = File.OpenRead(path);
        try
        {
            using var archive = new ZipArchive(file, ZipArchiveMode.Read);
            var pickle =
                archive.Entries.FirstOrDefault(e => e.FullName.EndsWith("/data.pkl", StringComparison.Ordinal))
                ?? throw new InvalidDataException("the archive holds no data.pkl");
            if (new Unpickler(Bytes(pickle, file.Length)).Read() is not Dictionary<string, object?> root)
                throw new InvalidDataException("it holds no dictionary of tensors");
            foreach (var key in (string[])["state_dict", "model"])
            {
                if (root.GetValueOrDefault(key) is not Dictionary<string, object?> inner)
                    continue;
                root = inner;
                break;
            }
            var views = root.Where(entry => entry.Value is Unpickler.View)
                .Select(entry => (entry.Key, (Unpickler.View)entry.Value!));
            return Load(archive, pickle.FullName[..^"data.pkl".Length], views, device);
        }
        catch (Exception error)
            when (error
                    is InvalidDataException
                        or EndOfStreamException
                        or ArgumentException
                        or InvalidOperationException
                        or InvalidCastException
                        or KeyNotFoundException
                        or OverflowException
                        or NotSupportedException
            )
        {
            // All but the first come from a pickle or archive that contradicts itself.
            throw new InvalidDataException($"{path}: no sound checkpoint of torch.save: {error.Message}", error);
        }
    }

    private static Dictionary<string, Tensor> Load(
        ZipArchive archive,
        string prefix,
        IEnumerable<(string Key, Unpickler.View View)> views,
        Device device
    )
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        using var scope = new TensorScope();
        // Several tensors may look into one storage.
        var storages = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (key, view) in views)
        {
            var type = TypeOf(view.Storage.TypeName);
            CheckInside(view, key);
            if (!storages.TryGetValue(view.Storage.Key, out var flat))
            {
                flat = ReadStorage(archive, $"{prefix}data/{view.Storage.Key}", view.Storage.Count, type);
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

    private static unsafe Tensor ReadStorage(ZipArchive archive, string name, long count, DType type)
    {
        var entry = archive.GetEntry(name) ?? throw new InvalidDataException($"the archive holds no {name}");
        // PyTorch stores without compression: what is announced must really be there before memory is taken for it.
        if (
            entry.Length != entry.CompressedLength
            || entry.Length / type.Size() != count
            || entry.Length % type.Size() != 0
        )
            throw new InvalidDataException(
                $"{name} has {entry.Length} bytes ({entry.CompressedLength} in the archive), expected were {count} elements of {type}"
            );
        var flat = Tensor.Empty([count], type);
        using var stream = entry.Open();
        var (data, length) = flat.Memory();
        for (long done = 0; done < length; )
        {
            var part = (int)Math.Min(1 << 26, length - done);
            stream.ReadExactly(new Span<byte>((void*)(data + (nint)done), part));
            done += part;
        }
        return flat;
    }

    private static void CheckInside(Unpickler.View view, string key)
    {
        var last = view.Offset;
        if (
            view.Offset < 0
            || view.Shape.Length != view.Strides.Length
            || view.Shape.Length > 8
            || view.Shape.Concat(view.Strides).Any(n => n < 0)
        )
            throw new InvalidDataException($"tensor '{key}' has a shape or strides that none can have");
        for (var i = 0; i < view.Shape.Length; i++)
            last = checked(last + Math.Max(view.Shape[i] - 1, 0) * view.Strides[i]);
        if (!view.Shape.Contains(0) && last >= view.Storage.Count)
            throw new InvalidDataException(
                $"tensor '{key}' reaches element {last} of a storage of {view.Storage.Count}"
            );
    }

    private static DType TypeOf(string storage) =>
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

    private static byte[] Bytes(ZipArchiveEntry entry, long limit)
    {
        if (entry.Length > limit)
            throw new InvalidDataException($"{entry.FullName} claims {entry.Length} bytes");
        var bytes = new byte[entry.Length];
        using var stream = entry.Open();
        stream.ReadExactly(bytes);
        return bytes;
    }
}
