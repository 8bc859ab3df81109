using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace Coverslip.Files;

/// <summary>Writes arrays by name as NumPy's <c>.npz</c>: a ZIP, not compressed, whose bytes are decided by the arrays alone.</summary>
/// <param name="stream">Where to.</param>
public sealed class NpzWriter(Stream stream) : IDisposable
{
    private const int Piece = 1 << 20;

    /// <summary>The earliest time that a ZIP can name.</summary>
    private static readonly DateTimeOffset Never = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true);

    /// <summary>Numbers of half precision.</summary>
    public void Add(string name, ReadOnlySpan<Half> values, params IReadOnlyList<long> shape) =>
        Add(name, "<f2", values, shape);

    /// <summary>Numbers of double precision.</summary>
    public void Add(string name, ReadOnlySpan<double> values, params IReadOnlyList<long> shape) =>
        Add(name, "<f8", values, shape);

    /// <summary>Texts, each as long as the longest.</summary>
    public void Add(string name, IReadOnlyList<string> texts)
    {
        var characters = Math.Max(1, texts.Select(t => Encoding.UTF32.GetByteCount(t) / 4).DefaultIfEmpty().Max());
        var bytes = new byte[(long)texts.Count * characters * 4];
        foreach (var (i, text) in texts.Index())
            Encoding.UTF32.GetBytes(text, bytes.AsSpan(i * characters * 4, characters * 4));
        Add<byte>(name, $"<U{characters}", bytes, [texts.Count]);
    }

    public void Dispose() => zip.Dispose();

    private void Add<T>(string name, string type, ReadOnlySpan<T> values, IReadOnlyList<long> shape)
        where T : unmanaged
    {
        var entry = zip.CreateEntry($"{name}.npy", CompressionLevel.NoCompression);
        entry.LastWriteTime = Never;
        using var to = entry.Open();
        to.Write(new NpyHeader(type, shape).Bytes());
        for (var from = 0; from < values.Length; from += Piece)
            to.Write(MemoryMarshal.AsBytes(values.Slice(from, Math.Min(Piece, values.Length - from))));
    }
}
