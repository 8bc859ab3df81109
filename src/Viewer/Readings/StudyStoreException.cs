using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Coverslip.Viewer.Readings;

/// <summary>A study's file or database that does not do what it has to, in words of whoever runs it.</summary>
public sealed class StudyStoreException : IOException
{
    private StudyStoreException(string message, bool full, Exception cause)
        : base(message, cause) => IsFull = full;

    /// <summary>Whether there is no more space: with some, the same works again.</summary>
    public bool IsFull { get; }

    /// <summary>What a reader is told, who can do nothing about it and is to know no place of a file.</summary>
    internal string ForReaders =>
        (IsFull ? "not stored: the disk that the study lies on is full" : "not stored: the study cannot be written now")
        + "; tell the study's owner. Nothing is lost that was stored, and what you have filled in stays in this page: try again once that is mended";

    /// <summary>Does something with a study's store; what the store says of a failure is said in other words.</summary>
    internal static async Task<T> Told<T>(ReadingPlace place, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        // EF Core and its strategies wrap what the database says, once or twice.
        catch (Exception error) when (Causes(error).OfType<DbException>().FirstOrDefault() is { } cause)
        {
            throw Of(place, cause);
        }
    }

    /// <inheritdoc cref="Told{T}"/>
    internal static Task Told(ReadingPlace place, Func<Task> work) =>
        Told(
            place,
            async () =>
            {
                await work();
                return true;
            }
        );

    private static StudyStoreException Of(ReadingPlace place, DbException cause) =>
        cause switch
        {
            SqliteException { SqliteErrorCode: 13 } => new(
                $"{place}: the disk is full; free some space, and try again",
                full: true,
                cause
            ),
            PostgresException { SqlState: PostgresErrorCodes.DiskFull } => new(
                $"{place}: the disk of the database is full; free some space there, and try again",
                full: true,
                cause
            ),
            SqliteException sqlite => new($"{place}: {Words(sqlite)}", full: false, cause),
            PostgresException refused => new($"{place}: {Words(refused)}", full: false, cause),
            _ => new(
                $"{place}: no PostgreSQL answers there ({Causes(cause).Last().Message.TrimEnd('.')}); is it running, and are Host and Port of --database right?",
                full: false,
                cause
            ),
        };

    // Result codes of SQLite: https://sqlite.org/rescode.html
    private static string Words(SqliteException error) =>
        error.SqliteErrorCode switch
        {
            5 or 6 => "another program has held it for a minute; end that one, and try again",
            8 => "it may not be written; give yourself the right to, or copy it to a folder that may be written",
            10 => $"its disk fails ({error.Message}); look after the disk, and try again",
            11 => $"it is damaged ({error.Message}); put back what 'coverslip reading backup' made of it",
            14 => "it cannot be opened; is its folder there, and may files be made in it?",
            26 => "it is no study, but a file of another kind; name one that 'coverslip reading new' made",
            _ => error.Message,
        };

    private static string Words(PostgresException error) =>
        error.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                $"the database lets nobody in so ({error.MessageText}); check Username of --database, and PGPASSWORD or .pgpass",
            PostgresErrorCodes.InsufficientPrivilege =>
                $"{error.MessageText}; whoever owns the table actions has to GRANT that",
            _ => $"the database refused ({error.MessageText}, {error.SqlState})",
        };

    private static IEnumerable<Exception> Causes(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException!)
            yield return cause;
    }
}
