using System.Security.Cryptography;
using Coverslip.Files;

namespace Coverslip.Torch.Checkpoints;

/// <summary>
/// The safetensors format (github.com/huggingface/safetensors): eight bytes of header length, a JSON header, the bare
/// elements. It holds no code, so that a file of a stranger can be read; its header is checked as a whole before any
/// memory is taken for its tensors.
/// </summary>
public static class SafeTensors
{
    // The unit of one read or write: a big tensor is streamed, and its length may exceed what a span can hold.
    private const int Piece = 1 << 26;

    /// <summary>
    /// Writes tensors row by row whatever their layout, with the widest elements first so that all are aligned.
    /// </summary>
    /// <param name="path">The file; it appears whole, or stays as it was.</param>
    /// <param name="tensors">Tensors by path, on any device.</param>
    /// <param name="metadata">Free text by key; under <see cref="SafeTensorsSeal.Key"/> the file's hash is put.</param>
    /// <exception cref="ArgumentException">A path stands twice, or is <c>__metadata__</c>.</exception>
    public static void Write(
        string path,
        IEnumerable<(string Path, Tensor Value)> tensors,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        var ordered = tensors.OrderByDescending(t => t.Value.DType.Size()).ToList();
        var header = SafeTensorsHeader.Compose(ordered, metadata);
        var isSealed = metadata?.ContainsKey(SafeTensorsSeal.Key) == true;
        WholeFile.WriteAt(
            path,
            temporary =>
            {
                using var file = File.Create(temporary, bufferSize: 1);
                file.Write(header);
                foreach (var (_, value) in ordered)
                    WriteElements(file, value);
                if (isSealed)
                    SafeTensorsSeal.Close(file);
                file.Flush(flushToDisk: true);
            }
        );
    }

    /// <summary>SHA-256 of names, shapes, types and every element, lower-case hexadecimal.</summary>
    /// <param name="tensors">Tensors by path, on any device.</param>
    public static string Hash(IEnumerable<(string Path, Tensor Value)> tensors)
    {
        var ordered = tensors.OrderBy(t => t.Path, StringComparer.Ordinal).ToList();
        using var sha = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, sha, CryptoStreamMode.Write))
        {
            stream.Write(SafeTensorsHeader.Compose(ordered, null));
            foreach (var (_, value) in ordered)
                WriteElements(stream, value);
        }
        return Convert.ToHexStringLower(sha.Hash!);
    }

    /// <summary>
    /// Reads all tensors. They are made like any other: an open <see cref="TensorScope"/> of the caller owns them,
    /// outside of
    /// one the caller disposes of them.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is no sound safetensors file; the message names file and
    /// entry.</exception>
    public static Dictionary<string, Tensor> Read(string path, Device device = default)
    {
        using var file = File.OpenRead(path);
        var header = SafeTensorsHeader.Read(file, path);
        var tensors = new Dictionary<string, Tensor>(header.Entries.Count, StringComparer.Ordinal);
        try
        {
            foreach (var entry in header.Entries)
                tensors.Add(entry.Name, ReadElements(file, header.DataStart, entry, device));
        }
        catch (Exception error)
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
            // The length was checked: it has shrunk since.
            if (error is EndOfStreamException)
                throw new InvalidDataException($"{path}: the file became shorter while it was read", error);
            throw;
        }
        return tensors;
    }

    /// <summary>Whether a file begins as one: the header's length, then its brace. It may be damaged all the same.</summary>
    public static bool Is(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[9];
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
            && start[^1] == (byte)'{';
    }

    /// <summary>The free text that was stored beside the tensors; empty where there is none.</summary>
    /// <exception cref="InvalidDataException">As for <see cref="Read"/>.</exception>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path)
    {
        using var file = File.OpenRead(path);
        return SafeTensorsHeader.Read(file, path).Metadata;
    }

    private static unsafe void WriteElements(Stream file, Tensor tensor)
    {
        using var escape = TensorScope.Escape();
        using var plain = tensor.To(Device.Cpu);
        using var rows = plain.Contiguous();
        var (data, length) = rows.Memory();
        for (long done = 0; done < length; done += Piece)
            file.Write(new ReadOnlySpan<byte>((void*)(data + (nint)done), (int)Math.Min(Piece, length - done)));
    }

    private static unsafe Tensor ReadElements(FileStream file, long start, SafeTensorsEntry entry, Device device)
    {
        var tensor = Tensor.Empty(entry.Shape, entry.Type);
        try
        {
            file.Position = start + entry.Begin;
            var (data, length) = tensor.Memory();
            for (long done = 0; done < length; done += Piece)
                file.ReadExactly(new Span<byte>((void*)(data + (nint)done), (int)Math.Min(Piece, length - done)));
            if (!device.IsCuda)
                return tensor;
            var moved = tensor.To(device);
            tensor.Dispose();
            return moved;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }
}
