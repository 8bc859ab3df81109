using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Coverslip.Viewer.Readings;

/// <summary>
/// A study's file for those who read it alone. SQLite wants to write beside a file with a journal even for reading; where it
/// cannot, and nothing stands in a journal, the file is read as one that nothing changes.
/// </summary>
internal static partial class ReadOnlyStudy
{
    private const int Writes = 2; // W_OK of <unistd.h>

    // Newest rows (-wal), and what an interrupted change has to take back (-journal).
    private static readonly string[] Journals = ["-wal", "-journal"];

    /// <summary>How a file is reached.</summary>
    /// <exception cref="IOException">Rows stand in a journal that cannot be taken in here.</exception>
    internal static string ConnectionOf(string file)
    {
        file = new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file; // journals lie beside that
        if (MayWrite(file) && MayWrite(Path.GetDirectoryName(file)!))
            return Of(file, SqliteOpenMode.ReadWrite);
        if (
            Journals.Select(j => file + j).FirstOrDefault(j => File.Exists(j) && new FileInfo(j).Length > 0) is { } rows
        )
            throw new IOException(
                $"{file}: rows of it stand in {rows}, and nothing can be written here, which taking them in needs; copy both to a folder that may be written, and name the copy"
            );
        // An address (RFC 3986), in which SQLite takes more than a name.
        var address = string.Join('/', file.Split('/').Select(Uri.EscapeDataString));
        return Of($"file:{address}?immutable=1", SqliteOpenMode.ReadOnly);
    }

    private static string Of(string source, SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder
        {
            DataSource = source,
            Mode = mode,
            DefaultTimeout = 60,
        }.ToString();

    private static bool MayWrite(string path) => OperatingSystem.IsWindows() || Access(path, Writes) == 0;

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
