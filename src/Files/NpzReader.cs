using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace Coverslip.Files;

/// <summary>Reads arrays by name of NumPy's <c>.npz</c>.</summary>
public sealed class NpzReader : IDisposable
{
    private readonly string path;
    private readonly ZipArchive zip;

    private NpzReader(string path, ZipArchive zip) => (this.path, this.zip) = (path, zip);

    /// <summary>Names of its arrays.</summary>
    public IReadOnlyList<string> Names =>
        [
            .. zip
                .Entries.Select(e => e.FullName)
                .Where(n => n.EndsWith(".npy", StringComparison.Ordinal))
                .Select(n => n[..^4]),
        ];

    /// <exception cref="InvalidDataException">No ZIP, or one that is cut.</exception>
    public static NpzReader Open(string path)
    {
        TextFile.Check(path);
        var stream = File.OpenRead(path);
        try
        {
            return new NpzReader(path, new ZipArchive(stream, ZipArchiveMode.Read));
        }
        catch (InvalidDataException error)
        {
            stream.Dispose();
            throw new InvalidDataException(
                $"{path} is no NPZ file, or a cut one: {error.Message}; name another, or make it anew",
                error
            );
        }
    }

    /// <summary>Numbers of half, single or double precision, in half.</summary>
    /// <exception cref="InvalidDataException">There is no such array, or one of something else.</exception>
    public (Half[] Values, IReadOnlyList<long> Shape) Halves(string name) =>
        Read(
            name,
            (type, bytes) =>
                type switch
                {
                    "<f2" => MemoryMarshal.Cast<byte, Half>(bytes).ToArray(),
                    "<f4" => Array.ConvertAll(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), v => (Half)v),
                    "<f8" => Array.ConvertAll(MemoryMarshal.Cast<byte, double>(bytes).ToArray(), v => (Half)v),
                    _ => null,
                },
            "numbers (f2, f4 or f8)"
        );

    /// <summary>Numbers of double precision, or whole ones of 64 bits.</summary>
    /// <exception cref="InvalidDataException">There is no such array, or one of something else.</exception>
    public (double[] Values, IReadOnlyList<long> Shape) Doubles(string name) =>
        Read(
            name,
            (type, bytes) =>
                type switch
                {
                    "<f8" => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
                    "<i8" => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(bytes).ToArray(), v => (double)v),
                    _ => null,
                },
            "numbers (f8 or i8)"
        );

    /// <summary>Texts.</summary>
    /// <exception cref="InvalidDataException">There is no such array, or one of something else.</exception>
    public string[] Texts(string name) =>
        Read(
            name,
            (type, bytes) =>
            {
                if (!type.StartsWith("<U", StringComparison.Ordinal) || !int.TryParse(type[2..], out var characters))
                    return null;
                var each = 4 * characters;
                var texts = new string[each == 0 ? 0 : bytes.Length / each];
                for (var i = 0; i < texts.Length; i++)
                    texts[i] = Encoding.UTF32.GetString(bytes.Slice(i * each, each)).TrimEnd('\0');
                return texts;
            },
            "texts (U)"
        ).Values;

    public void Dispose() => zip.Dispose();

    private delegate T[]? Taking<T>(string type, ReadOnlySpan<byte> bytes);

    private (T[] Values, IReadOnlyList<long> Shape) Read<T>(string name, Taking<T> take, string expected)
    {
        var entry =
            zip.GetEntry($"{name}.npy")
            ?? throw new InvalidDataException($"{path} has no array '{name}'; it has {string.Join(", ", Names)}");
        if (entry.Length > Array.MaxLength)
            throw new InvalidDataException($"{path}: {name} has {entry.Length} bytes; the limit is {Array.MaxLength}");
        var bytes = new byte[entry.Length];
        using (var stream = entry.Open())
            if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
                throw new InvalidDataException($"{path}: {name} is cut");
        using var head = new MemoryStream(bytes);
        var header = NpyHeader.Read(head, $"{path}: {name}");
        var values =
            take(header.Type, bytes.AsSpan((int)head.Position))
            ?? throw new InvalidDataException($"{path}: {name} is an array of {header.Type}; expected are {expected}");
        return values.Length == header.Count
            ? (values, header.Shape)
            : throw new InvalidDataException(
                $"{path}: {name} has {values.Length} values, its head says {header.Count}"
            );
    }
}
