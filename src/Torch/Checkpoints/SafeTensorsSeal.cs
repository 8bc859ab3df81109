using System.Security.Cryptography;
using System.Text;

namespace Coverslip.Torch.Checkpoints;

/// <summary>
/// A file's own SHA-256 among its metadata, over every byte of it: header, names and elements. The hash is taken with
/// zeros where it stands itself.
/// </summary>
public static class SafeTensorsSeal
{
    /// <summary>The metadata's key, as it stands in the header.</summary>
    public const string Key = "sha256";

    private const int Piece = 1 << 20;

    /// <summary>What stands there before the hash is known.</summary>
    internal static readonly string Blank = new('0', 2 * SHA256.HashSizeInBytes);

    /// <summary>Writes a new file's hash into it.</summary>
    internal static void Close(FileStream file)
    {
        var at = Place(file) ?? throw new InvalidOperationException("the file has no place for its hash");
        var hash = Hash(file, at);
        file.Position = at;
        file.Write(Encoding.ASCII.GetBytes(hash));
    }

    /// <summary>Whether a file is sealed and whole; false where it has no seal.</summary>
    /// <exception cref="InvalidDataException">Its bytes are others than those that were sealed.</exception>
    public static bool Check(string path)
    {
        using var file = File.OpenRead(path);
        if (Place(file) is not { } at)
            return false;
        var stored = new byte[Blank.Length];
        file.Position = at;
        file.ReadExactly(stored);
        var (said, found) = (Encoding.ASCII.GetString(stored), Hash(file, at));
        return said == found
            ? true
            : throw new InvalidDataException(
                $"{path}: the file is damaged: its bytes have the SHA-256 {found[..12]}…, field '{Key}' of its header says {said[..12]}…; fetch or pack it again"
            );
    }

    /// <summary>Where the hash's digits begin; null where there are none.</summary>
    private static long? Place(FileStream file)
    {
        file.Position = 0;
        var header = SafeTensorsHeader.ReadBytes(file, file.Name);
        var mark = Encoding.ASCII.GetBytes($"\"{Key}\":\"");
        var at = header.AsSpan().IndexOf(mark);
        return at < 0 || at + mark.Length + Blank.Length > header.Length ? null : 8 + at + mark.Length;
    }

    private static string Hash(FileStream file, long seal)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[Piece];
        file.Position = 0;
        for (long at = 0; ; )
        {
            var read = file.Read(piece);
            if (read == 0)
                return Convert.ToHexStringLower(hash.GetHashAndReset());
            var (from, to) = (Math.Max(seal - at, 0), Math.Min(seal + Blank.Length - at, read));
            if (from < to)
                piece.AsSpan((int)from, (int)(to - from)).Fill((byte)'0');
            hash.AppendData(piece, 0, read);
            at += read;
        }
    }
}
