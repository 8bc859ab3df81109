using System.IO.Compression;

namespace Coverslip.Torch.Checkpoints;

/// <summary>
/// Checkpoints that PyTorch wrote with <c>torch.save</c> since version 1.6, which are archives: a dictionary of
/// tensors, or one under <c>state_dict</c> or <c>model</c>. No code of the file is run.
/// </summary>
internal static class Pickle
{
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
            using var archive = Opened(file);
            var pickle =
                archive.Entries.FirstOrDefault(e => e.FullName.EndsWith("/data.pkl", StringComparison.Ordinal))
                ?? throw new InvalidDataException("the archive holds no data.pkl");
            var prefix = pickle.FullName[..^"data.pkl".Length];
            var root = new Unpickler(Bytes(pickle, file.Length)).Read();
            return PickledTensors.Of(
                root,
                (storage, type) => ReadStorage(archive, $"{prefix}data/{storage.Key}", storage.Count, type),
                device
            );
        }
        catch (Exception error) when (PickledTensors.IsUnsound(error))
        {
            throw PickledTensors.Refused(path, error);
        }
    }

    private static Tensor ReadStorage(ZipArchive archive, string name, long count, DType type)
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
        return Within(entry, stream => PickledTensors.ReadElements(stream, count, type));
    }

    private static ZipArchive Opened(FileStream file)
    {
        try
        {
            var archive = new ZipArchive(file, ZipArchiveMode.Read);
            _ = archive.Entries;
            return archive;
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException(
                $"its {file.Length} bytes are no whole archive, the list of entries at its end is missing or damaged; fetch the file again",
                error
            );
        }
    }

    /// <summary>Reads an entry; an error names it.</summary>
    private static T Within<T>(ZipArchiveEntry entry, Func<Stream, T> read)
    {
        try
        {
            using var stream = entry.Open();
            return read(stream);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException(
                $"entry {entry.FullName} of {entry.Length} bytes is damaged or cut off; fetch the file again",
                error
            );
        }
    }

    private static byte[] Bytes(ZipArchiveEntry entry, long limit)
    {
        if (entry.Length > limit)
            throw new InvalidDataException($"{entry.FullName} claims {entry.Length} bytes");
        var bytes = new byte[entry.Length];
        return Within(
            entry,
            stream =>
            {
                stream.ReadExactly(bytes);
                return bytes;
            }
        );
    }
}
