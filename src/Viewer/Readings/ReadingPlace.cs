using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Coverslip.Viewer.Readings;

/// <summary>Where a study is kept: a file of its own (SQLite), or a department's PostgreSQL with others.</summary>
/// <param name="Study">Its name.</param>
/// <param name="File">The file; null on a server.</param>
/// <param name="Server">How PostgreSQL is reached; null of a file.</param>
public sealed record ReadingPlace(string Study, string? File, string? Server)
{
    /// <summary>How files of studies end.</summary>
    public const string Extension = ".reading";

    /// <summary>The place that a command line names.</summary>
    /// <param name="name">The study's name; of a file also its path, with or without <see cref="Extension"/>.</param>
    /// <param name="database">How PostgreSQL is reached, <c>Host=…;Database=…;Username=…</c>; null: a file.</param>
    /// <exception cref="ArgumentException">A name that is no name.</exception>
    public static ReadingPlace Of(string name, string? database)
    {
        var study = name.EndsWith(Extension, StringComparison.Ordinal) ? name[..^Extension.Length] : name;
        var last = Path.GetFileName(study);
        if (last.Length is 0 or > 100)
            throw new ArgumentException(
                $"'{name}' names no study; give a name of 1 to 100 letters, such as second-opinion"
            );
        if (database is null)
            return new ReadingPlace(last, Path.GetFullPath(study + Extension), null);
        _ = ServerOf(database); // says what is wrong with it
        return last == study
            ? new ReadingPlace(study, null, database)
            : throw new ArgumentException($"'{name}' is a path, and with --database a study has a name: {last}");
    }

    /// <summary>Whether a word of the command line is a study that is kept in a file.</summary>
    public static bool IsStudy(string word) =>
        System.IO.File.Exists(word.EndsWith(Extension, StringComparison.Ordinal) ? word : word + Extension);

    /// <param name="reads">Whether nothing is to be written, and a file may lie where nothing can be.</param>
    internal DbContextOptions<ReadingContext> Options(bool reads = false)
    {
        // Migrations are written by hand, so that one of each serves both databases: there is no snapshot to compare with.
        var builder = new DbContextOptionsBuilder<ReadingContext>().ConfigureWarnings(w =>
            w.Ignore(RelationalEventId.PendingModelChangesWarning)
        );
        if (Server is not null)
            builder.UseNpgsql(Server);
        else
            builder.UseSqlite(reads ? ReadOnlyStudy.ConnectionOf(File!) : FileConnection.ToString());
        return builder.Options;
    }

    private SqliteConnectionStringBuilder FileConnection => new() { DataSource = File, DefaultTimeout = 60 };

    /// <summary>What messages call it: a file's path, or where PostgreSQL is asked; never a password.</summary>
    public override string ToString() =>
        File
        ?? (
            ServerOf(Server!) is var s
                ? $"study {Study} in the database {s.Database ?? s.Username} at {s.Host}:{s.Port}"
                : ""
        );

    private static NpgsqlConnectionStringBuilder ServerOf(string database)
    {
        try
        {
            var server = new NpgsqlConnectionStringBuilder(database);
            return server.Host is { Length: > 0 } ? server : throw new ArgumentException("it names no Host");
        }
        catch (Exception error) when (error is ArgumentException or FormatException or KeyNotFoundException)
        {
            // The text itself may hold a password.
            throw new ArgumentException(
                $"--database is no address of PostgreSQL: {error.Message.Split('(')[0].TrimEnd(' ', '.')}; give one such as \"Host=db;Database=readings;Username=coverslip\""
            );
        }
    }
}
