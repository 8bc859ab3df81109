using System.IO.Compression;
using Coverslip.Files;

namespace Coverslip.Evaluation.Collections;

/// <summary>A file in a zip archive.</summary>
/// <param name="Archive">Full path of the archive.</param>
/// <param name="Entry">The file's place in it.</param>
/// <param name="To">Where it is unpacked, relative to the cohort's folder.</param>
public sealed record PackedFile(string Archive, string Entry, string To)
{
    private const long MostBytes = 256 << 20; // of outlines that one person drew

    /// <summary>Unpacks files; one that is there already with the same content stays.</summary>
    /// <exception cref="InvalidDataException">An entry is larger than 256 MiB, or damaged.</exception>
    /// <exception cref="IOException">Another file stands there.</exception>
    public static void Unpack(IEnumerable<PackedFile> files, string csvFolder)
    {
        foreach (var archive in files.GroupBy(f => f.Archive))
        {
            using var zip = ZipFile.OpenRead(archive.Key);
            foreach (var file in archive)
            {
                var bytes = Read(zip.GetEntry(file.Entry)!, archive.Key);
                WholeFile.WriteSame(Path.Combine(csvFolder, file.To), bytes);
            }
        }
    }

    /// <summary>The files of an archive, by place.</summary>
    internal static IReadOnlyList<string> EntriesOf(string archive)
    {
        try
        {
            using var zip = ZipFile.OpenRead(archive);
            return [.. zip.Entries.Where(e => e.Name.Length > 0).Select(e => e.FullName)];
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException(
                $"{archive}: no zip archive, or a damaged one ({error.Message}); load it again"
            );
        }
    }

    private static byte[] Read(ZipArchiveEntry entry, string archive)
    {
        using var packed = entry.Open();
        using var whole = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = packed.Read(buffer)) > 0; )
        {
            whole.Write(buffer, 0, read);
            if (whole.Length > MostBytes)
                throw new InvalidDataException(
                    $"{archive}: {entry.FullName} has more than {MostBytes >> 20} MiB; annotations have less: is it the right archive?"
                );
        }
        return whole.ToArray();
    }
}
