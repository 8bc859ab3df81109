using System.Runtime.InteropServices;
using System.Text;
using Coverslip.Files;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>
/// Features in the making, in a file that rows are added to: all that they depend on, a line to a part, an empty line, then
/// records of a key (int64) and its numbers in half precision. A record that was not finished is dropped on opening.
/// </summary>
internal sealed class FeatureParts : IDisposable
{
    private readonly FileStream stream;
    private readonly int numbers;
    private readonly SortedDictionary<long, long> places = []; // key → where its record begins

    private FeatureParts(FileStream stream, int numbers) => (this.stream, this.numbers) = (stream, numbers);

    /// <summary>Numbers of a row.</summary>
    internal int Numbers => numbers;

    private int RecordBytes => sizeof(long) + (2 * numbers);

    /// <summary>Keys of the rows that are there.</summary>
    internal IReadOnlyCollection<long> Keys => places.Keys;

    internal bool Has(long key) => places.ContainsKey(key);

    /// <summary>Takes up a file, or begins one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="madeOf">All that the rows depend on.</param>
    /// <param name="numbers">Numbers of a row.</param>
    /// <exception cref="InvalidDataException">It was begun with something else.</exception>
    internal static FeatureParts Open(string path, Fingerprint madeOf, int numbers)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        UserFiles.Check(path);
        var parts = new FeatureParts(
            new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read),
            numbers
        );
        try
        {
            parts.TakeUp(path, madeOf);
            return parts;
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    /// <summary>Adds rows; a process that is killed after it has lost none of them.</summary>
    internal void Add(IReadOnlyList<long> keys, IReadOnlyList<float[]> rows)
    {
        var record = new byte[RecordBytes];
        foreach (var (key, row) in keys.Zip(rows))
        {
            MemoryMarshal.Write(record, key);
            var halves = MemoryMarshal.Cast<byte, Half>(record.AsSpan(sizeof(long)));
            for (var i = 0; i < numbers; i++)
                halves[i] = (Half)row[i];
            places[key] = stream.Position;
            stream.Write(record);
        }
        stream.Flush();
    }

    /// <summary>All rows in the order of their keys, of each the same stretch: [keys, count].</summary>
    /// <exception cref="InvalidDataException">A number beyond half precision.</exception>
    internal Half[] Read(int first, int count)
    {
        var values = new Half[(long)places.Count * count];
        foreach (var (i, (key, place)) in places.Index())
        {
            stream.Position = place + sizeof(long) + (2L * first);
            var row = values.AsSpan(i * count, count);
            stream.ReadExactly(MemoryMarshal.AsBytes(row));
            foreach (var value in row)
                if (!Half.IsFinite(value))
                    throw new InvalidDataException(
                        $"a feature of {key} is {value}; half precision goes to {Half.MaxValue}: the weights do not fit the encoder, or the image is damaged"
                    );
        }
        stream.Position = stream.Length;
        return values;
    }

    public void Dispose() => stream.Dispose();

    private void TakeUp(string path, Fingerprint madeOf)
    {
        var begin = Encoding.UTF8.GetBytes(string.Join('\n', madeOf.Kept) + "\n\n");
        if (ReadParts() is not { } before)
        {
            stream.SetLength(0);
            stream.Write(begin);
            stream.Flush();
            return;
        }
        if (Fingerprint.Difference(before, $"{madeOf}") is { } differs)
            throw new InvalidDataException(
                $"{path} was begun with something else than now: {differs}; remove it to begin anew, or name another folder"
            );
        var records = (stream.Length - stream.Position) / RecordBytes;
        var start = stream.Position;
        var key = new byte[sizeof(long)];
        for (var record = 0L; record < records; record++)
        {
            stream.Position = start + (record * RecordBytes);
            stream.ReadExactly(key);
            places[BitConverter.ToInt64(key)] = start + (record * RecordBytes);
        }
        stream.SetLength(start + (records * RecordBytes));
        stream.Position = stream.Length;
    }

    /// <summary>The lines before the records; null where the file holds none, since it was just made or cut.</summary>
    private string? ReadParts()
    {
        var start = new byte[(int)Math.Min(stream.Length, 1 << 20)];
        stream.ReadExactly(start);
        var end = start.AsSpan().IndexOf("\n\n"u8);
        stream.Position = end < 0 ? 0 : end + 2;
        return end < 0 ? null : Encoding.UTF8.GetString(start, 0, end);
    }
}
