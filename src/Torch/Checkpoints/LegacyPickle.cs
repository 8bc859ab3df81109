using System.Buffers.Binary;

namespace Coverslip.Torch.Checkpoints;

/// <summary>
/// Checkpoints that PyTorch wrote with <c>torch.save</c> before version 1.6, as many published weights are: five
/// pickles (a magic number, the protocol, the machine, the object, the keys of its storages), then each storage as its
/// number of elements and the bare elements. No code of the file is run.
/// </summary>
internal static class LegacyPickle
{
    // The four pickles before the elements are kilobytes of names and shapes; a file cannot make us read more as such.
    private const int LongestPickles = 1 << 26;
    private const long Protocol = 1001;

    /// <summary>How every such file begins: a pickle of the number 0x1950a86a20f9469cfc6c.</summary>
    internal static ReadOnlySpan<byte> Magic =>
        [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

    /// <summary>Reads the dictionary's tensors, as <see cref="Pickle.Read"/> does.</summary>
    /// <exception cref="InvalidDataException">The file is no such checkpoint; the message names it and says
    /// why.</exception>
    public static Dictionary<string, Tensor> Read(string path, Device device = default)
    {
        using var file = File.OpenRead(path);
        try
        {
            var head = new byte[Math.Min(file.Length, LongestPickles)];
            file.ReadExactly(head);
            if (!head.AsSpan().StartsWith(Magic))
                throw new InvalidDataException("it does not begin as such files do");
            var pickles = new Unpickler(head);
            pickles.Read();
            if (pickles.Read() is not Protocol)
                throw new InvalidDataException("its protocol is not 1001");
            var machine = pickles.Read() as Dictionary<string, object?>;
            if (machine?.GetValueOrDefault("little_endian") is not true)
                throw new InvalidDataException("it was not written by a little-endian machine");
            var root = pickles.Read();
            if (pickles.Read() is not List<object?> keys)
                throw new InvalidDataException("it lacks the list of its storages");
            var places = Places(file, pickles, keys.Cast<string>());
            return PickledTensors.Of(
                root,
                (storage, type) =>
                {
                    file.Position = places[storage.Key];
                    return PickledTensors.ReadElements(file, storage.Count, type);
                },
                device
            );
        }
        catch (Exception error) when (PickledTensors.IsUnsound(error))
        {
            throw PickledTensors.Refused(path, error);
        }
    }

    /// <summary>Where each storage's elements begin; all of them lie inside the file.</summary>
    private static Dictionary<string, long> Places(FileStream file, Unpickler pickles, IEnumerable<string> keys)
    {
        var places = new Dictionary<string, long>(StringComparer.Ordinal);
        long at = pickles.Position;
        Span<byte> word = stackalloc byte[8];
        foreach (var key in keys)
        {
            var storage = pickles.Storages[key];
            file.Position = at;
            file.ReadExactly(word);
            var count = BinaryPrimitives.ReadInt64LittleEndian(word);
            var length = checked(count * PickledTensors.TypeOf(storage.TypeName).Size());
            at += 8;
            if (count != storage.Count || count < 0 || length > file.Length - at)
                throw new InvalidDataException($"storage {key} has {count} elements of {storage.Count}, or is cut off");
            places.Add(key, at);
            at += length;
        }
        return places;
    }
}
