using Coverslip.Tests;
using Coverslip.Viewer.Readings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Coverslip.Viewer.Tests.Readings;

/// <summary>Rows in SQLite and in PostgreSQL.</summary>
public sealed class ReadingLogTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("readings").FullName;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    public enum Kind
    {
        File,
        Server,
    }

    [Theory]
    [InlineData(Kind.File)]
    [InlineData(Kind.Server)]
    public async Task Fifty_readers_at_once_lose_nothing(Kind kind)
    {
        const int readers = 50,
            cases = 1;
        var (place, log) = await NewAsync(kind, readers, cases);
        // Half of them at a second server of the same database.
        var (other, study) = await ReadingLog.OpenAsync(place);
        ReadingDesk[] desks = [await ReadingDesk.OpenAsync(log, study), await ReadingDesk.OpenAsync(other, study)];
        await Parallel.ForEachAsync(
            study.Readers.Index(),
            new ParallelOptions { MaxDegreeOfParallelism = readers },
            async (reader, _) =>
            {
                for (var i = 0; i < cases; i++)
                {
                    await desks[reader.Index % 2].OpenAsync(reader.Item, i);
                    await desks[reader.Index % 2].VerdictAsync(reader.Item, i, InventedStudy.Verdict(), null);
                }
            }
        );
        var (rows, _, fault) = await ActionChain.VerifyAsync(log.RowsAsync());
        Assert.Null(fault);
        Assert.Equal(1 + 2 * readers * cases, rows);
        foreach (var reader in study.Readers)
            Assert.Equal(cases, (await log.RowsOfAsync(reader.Name)).Count(r => r.What == Actions.Verdict));
    }

    [Theory]
    [InlineData(Kind.File)]
    [InlineData(Kind.Server)]
    public async Task The_chain_says_which_row_is_wrong_and_the_database_refuses_to_make_it_so(Kind kind)
    {
        var (place, log) = await NewAsync(kind, 1, 3);
        var (_, study) = await ReadingLog.OpenAsync(place);
        var desk = await ReadingDesk.OpenAsync(log, study);
        for (var i = 0; i < 3; i++)
        {
            await desk.OpenAsync(study.Readers[0], i);
            await desk.VerdictAsync(study.Readers[0], i, InventedStudy.Verdict(), "1 2 3");
        }
        const string change = "UPDATE actions SET payload = replace(payload, 'tumor', 'normal') WHERE number = 4",
            remove = "DELETE FROM actions WHERE number = 2";
        foreach (var refused in (string[])[change, remove])
            Assert.Contains(
                "only ever appended",
                (await Assert.ThrowsAnyAsync<Exception>(() => ExecuteAsync(place, refused))).Message
            );
        Assert.Null((await ActionChain.VerifyAsync(log.RowsAsync())).Fault);

        // Whoever owns the database takes the guard away.
        await ExecuteAsync(
            place,
            kind == Kind.File
                ? "DROP TRIGGER actions_no_update; DROP TRIGGER actions_no_delete;"
                : "DROP TRIGGER actions_append_only ON actions"
        );
        await ExecuteAsync(place, change);
        var changed = await ActionChain.VerifyAsync(log.RowsAsync());
        Assert.Equal(4, changed.Rows);
        Assert.StartsWith("row 4 (verdict of reader 1, ", changed.Fault);
        Assert.Contains("was changed", changed.Fault);
        await ExecuteAsync(place, remove);
        Assert.StartsWith(
            "row 2 is missing: after row 1 comes row 3",
            (await ActionChain.VerifyAsync(log.RowsAsync())).Fault
        );
        // A row that is made to fit itself does not fit the one before.
        var rows = await log.RowsAsync().ToListAsync();
        var forged = rows[1] with { Previous = rows[0].ComputeHash()[1..] + "0" };
        var fault = (await ActionChain.VerifyAsync(Of(rows[0], forged with { Hash = forged.ComputeHash() }))).Fault;
        Assert.Contains("does not follow row 0", fault);
    }

    [Theory]
    [InlineData(Kind.File)]
    [InlineData(Kind.Server)]
    public async Task A_backup_while_readers_go_on_is_a_study(Kind kind)
    {
        var (place, log) = await NewAsync(kind, 4, 8);
        var (_, study) = await ReadingLog.OpenAsync(place);
        var desk = await ReadingDesk.OpenAsync(log, study);
        var reading = Parallel.ForEachAsync(
            study.Readers,
            async (reader, _) =>
            {
                for (var i = 0; i < 8; i++)
                    await desk.OpenAsync(reader, i);
            }
        );
        var file = Path.Combine(folder, "copy.reading");
        var rows = log.BackUp(file);
        await reading;
        var (copy, copied) = await ReadingLog.OpenAsync(ReadingPlace.Of(file, null));
        Assert.Equal((rows, (string?)null), await VerifiedAsync(copy));
        Assert.Equal(study.Readers.Select(r => r.TokenHash), copied.Readers.Select(r => r.TokenHash));
        Assert.Equal((33, (string?)null), await VerifiedAsync(log));
        Assert.Contains("is there already", Assert.Throws<IOException>(() => log.BackUp(file)).Message);
    }

    [Theory]
    [InlineData(Kind.File)]
    [InlineData(Kind.Server)]
    public async Task A_study_of_the_first_version_is_brought_to_this_one(Kind kind)
    {
        var place = Place(kind);
        await using (var context = new ReadingContext(place.Options()))
        {
            await context
                .GetService<IMigrator>()
                .MigrateAsync("ActionsTable", cancellationToken: TestContext.Current.CancellationToken);
            await context.Database.ExecuteSqlRawAsync(
                "INSERT INTO actions (study, number, who, what, at, payload, previous, hash) VALUES ('study', 0, 'owner', 'created', '', {0}, '', '')",
                InventedStudy.Of(1, 1).ToJson()
            );
        }
        var (log, study) = await ReadingLog.OpenAsync(place);
        Assert.Single(study.Readers);
        Assert.Single(await log.RowsAsync().ToListAsync(cancellationToken: TestContext.Current.CancellationToken));
        await Assert.ThrowsAnyAsync<Exception>(() => ExecuteAsync(place, "DELETE FROM actions"));
    }

    [Fact]
    public async Task Actions_out_of_their_order_are_refused_and_leave_no_row()
    {
        var (_, log) = await NewAsync(Kind.File, 2, 1);
        var study = (await ReadingLog.OpenAsync(Place(Kind.File))).Study;
        var (desk, reader) = (await ReadingDesk.OpenAsync(log, study), study.Readers[0]);
        Task<OutOfOrderException> Refused(Func<Task> act) => Assert.ThrowsAsync<OutOfOrderException>(act);
        await Refused(() => desk.VerdictAsync(reader, 0, InventedStudy.Verdict(), null)); // not opened
        await desk.OpenAsync(reader, 0);
        await Refused(() => desk.FinalAsync(reader, 0, InventedStudy.Verdict(), null));
        Assert.False(desk.MaySeeMachine(reader.Name, 0));
        await desk.VerdictAsync(reader, 0, InventedStudy.Verdict(), null);
        Assert.True(desk.MaySeeMachine(reader.Name, 0));
        Assert.False(desk.MaySeeMachine("reader 2", 0)); // another's verdict opens nothing
        Assert.Contains(
            "stays as it was",
            (await Refused(() => desk.VerdictAsync(reader, 0, InventedStudy.Verdict(), null))).Message
        );
        await Refused(() => desk.FinalAsync(reader, 0, InventedStudy.Verdict(), null)); // the machine's view was not sent
        Assert.Equal(3, (await VerifiedAsync(log)).Rows);
        await Assert.ThrowsAsync<IOException>(() => ReadingLog.CreateAsync(Place(Kind.File), study));
    }

    private static async Task<(long Rows, string? Fault)> VerifiedAsync(ReadingLog log)
    {
        var (rows, _, fault) = await ActionChain.VerifyAsync(log.RowsAsync());
        return (rows, fault);
    }

    private async Task<(ReadingPlace, ReadingLog)> NewAsync(Kind kind, int readers, int cases)
    {
        var place = Place(kind);
        return (place, await ReadingLog.CreateAsync(place, InventedStudy.Of(readers, cases)));
    }

    private ReadingPlace Place(Kind kind)
    {
        if (kind == Kind.File)
            return ReadingPlace.Of(Path.Combine(folder, "study"), null);
        Assert.SkipWhen(server.Missing is not null, server.Missing ?? "");
        return ReadingPlace.Of("study", server.NewDatabase());
    }

    private static async Task ExecuteAsync(ReadingPlace place, string sql)
    {
        await using var context = new ReadingContext(place.Options());
        await context.Database.ExecuteSqlRawAsync(sql);
    }

    private static async IAsyncEnumerable<ActionRow> Of(params ActionRow[] rows)
    {
        await Task.CompletedTask;
        foreach (var row in rows)
            yield return row;
    }
}
