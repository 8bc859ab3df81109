using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Coverslip.Slides.Formats.Tiff;

/// <summary>
/// A TIFF or BigTIFF file read by offsets. Every offset and count is checked against the file before memory is taken.
/// </summary>
internal sealed class TiffFile : IDisposable
{
    /// <summary>Directories in one file; slides have a few dozen.</summary>
    private const int MostDirectories = 4096;
    private const int MostFields = 4096;
    private readonly SafeFileHandle handle;
    private readonly string path;

    private TiffFile(string path, SafeFileHandle handle)
    {
        (this.path, this.handle) = (path, handle);
        Length = RandomAccess.GetLength(handle);
    }

    public long Length { get; }

    public bool IsBig { get; private set; }

    private bool IsBigEndian { get; set; }

    private int OffsetSize => IsBig ? 8 : 4;

    /// <summary>Opens the file; null where its first bytes are not those of a TIFF.</summary>
    /// <exception cref="UnreadableSlideException">Empty, or cut within its header.</exception>
    public static TiffFile? Open(string path, out long firstDirectory)
    {
        var file = new TiffFile(path, File.OpenHandle(path, options: FileOptions.RandomAccess));
        try
        {
            if (file.ReadHeader(out firstDirectory))
                return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
        file.Dispose();
        return null;
    }

    public void Dispose() => handle.Dispose();

    /// <summary>Bytes at an offset, all of them.</summary>
    /// <exception cref="UnreadableSlideException">They do not lie within the file.</exception>
    public void Read(long offset, Span<byte> into, string what)
    {
        CheckRange(offset, into.Length, what);
        var done = 0;
        while (done < into.Length)
        {
            int read;
            try
            {
                read = RandomAccess.Read(handle, into[done..], offset + done);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Bad($"{what}: {e.Message}", e);
            }
            if (read == 0)
                throw Bad($"{what}: the file has become shorter while it was read");
            done += read;
        }
    }

    /// <summary>Every directory from the first, each with its sub-directories after it.</summary>
    /// <exception cref="UnreadableSlideException">A loop, or a directory that does not lie within the file.</exception>
    public List<TiffDirectory> ReadDirectories(long first)
    {
        var directories = new List<TiffDirectory>();
        var seen = new HashSet<long>();
        for (var at = first; at != 0; )
        {
            var (directory, next) = ReadDirectory(at, directories.Count, seen, parent: null);
            directories.Add(directory);
            if (directory.Has(TiffTag.SubIfds))
            {
                foreach (var sub in directory.Numbers(TiffTag.SubIfds, atMost: MostDirectories))
                    directories.Add(ReadDirectory(sub, directories.Count, seen, directory.Index).Directory);
            }
            at = next;
        }
        return directories;
    }

    internal UnreadableSlideException Bad(string reason, Exception? cause = null) => new(path, reason, cause);

    /// <summary>A slide beyond doubt, which is not read all the same.</summary>
    internal UnreadableSlideException BadSlide(string reason) => new(path, reason) { IsSlide = true };

    internal void CheckRange(long offset, long bytes, string what)
    {
        if (offset < 0 || bytes < 0 || offset > Length || bytes > Length - offset)
            throw Bad($"{what}: {bytes} bytes at {offset} do not lie within the file's {Length}");
    }

    internal ushort Short(ReadOnlySpan<byte> at) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);

    internal uint Long(ReadOnlySpan<byte> at) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);

    /// <summary>Numbers beyond 2^63 come as −1, which no check lets pass.</summary>
    internal long Long8(ReadOnlySpan<byte> at) => Math.Max(Long8Bits(at), -1);

    internal long Long8Bits(ReadOnlySpan<byte> at) =>
        IsBigEndian ? BinaryPrimitives.ReadInt64BigEndian(at) : BinaryPrimitives.ReadInt64LittleEndian(at);

    private long Offset(ReadOnlySpan<byte> at) => IsBig ? Long8(at) : Long(at);

    private bool ReadHeader(out long first)
    {
        first = 0;
        if (Length == 0)
            throw Bad("the file is empty");
        Span<byte> header = stackalloc byte[16];
        var known = (int)Math.Min(Length, header.Length);
        Read(0, header[..known], "the header");
        if (known < 4 || !(header.StartsWith("II"u8) || header.StartsWith("MM"u8)))
            return false;
        IsBigEndian = header[0] == 'M';
        var version = Short(header[2..]);
        if (version is not (42 or 43))
            return false;
        IsBig = version == 43;
        if (known < (IsBig ? 16 : 8))
            throw Bad("the file is truncated within its TIFF header");
        if (IsBig && (Short(header[4..]) != 8 || Short(header[6..]) != 0))
            throw Bad("its BigTIFF header names offsets of another size than 8 bytes");
        first = IsBig ? Long8(header[8..]) : Long(header[4..]);
        return true;
    }

    private (TiffDirectory Directory, long Next) ReadDirectory(long at, int index, HashSet<long> seen, int? parent)
    {
        var name = $"TIFF directory {index}";
        if (!seen.Add(at))
            throw Bad($"{name} at {at} has been met before: the directories form a loop");
        if (index >= MostDirectories)
            throw Bad($"it has more than {MostDirectories} TIFF directories");
        var countSize = IsBig ? 8 : 2;
        Span<byte> head = stackalloc byte[8];
        Read(at, head[..countSize], name);
        var count = IsBig ? Long8(head) : Short(head);
        if (count is < 1 or > MostFields)
            throw Bad($"{name} at {at} claims {count} fields; 1 to {MostFields} are read");

        var fieldSize = IsBig ? 20 : 12;
        var bytes = new byte[(count * fieldSize) + OffsetSize];
        Read(at + countSize, bytes, name);
        var directory = new TiffDirectory(this, index, parent);
        for (var i = 0; i < count; i++)
        {
            var field = bytes.AsSpan(i * fieldSize, fieldSize);
            var values = IsBig ? Long8(field[4..]) : Long(field[4..]);
            directory.Add(
                Short(field),
                new TiffField(Short(field[2..]), values, field[(fieldSize - OffsetSize)..].ToArray())
            );
        }
        return (directory, Offset(bytes.AsSpan((int)count * fieldSize)));
    }

    /// <summary>The bytes of a field's values: in the field itself if they fit, else where it points.</summary>
    internal byte[] Values(TiffField field, string what, long atMost)
    {
        var size = TiffType.Size(field.Type);
        if (size == 0)
            throw Bad($"{what} is of the unknown type {field.Type}");
        if (field.Count < 0 || field.Count > atMost)
            throw Bad($"{what} claims {field.Count} values; at most {atMost} are expected");
        var length = field.Count * size;
        if (length <= OffsetSize)
            return field.Inline[..(int)length];
        var offset = Offset(field.Inline);
        CheckRange(offset, length, what);
        var bytes = new byte[length];
        Read(offset, bytes, what);
        return bytes;
    }
}

/// <summary>A field of a directory as it stands there.</summary>
/// <param name="Type">TIFF's number of the type.</param>
/// <param name="Count">How many values.</param>
/// <param name="Inline">The values, or their offset.</param>
internal readonly record struct TiffField(ushort Type, long Count, byte[] Inline);
