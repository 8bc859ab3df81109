using System.Globalization;
using Coverslip.Files;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Coverslip.Viewer.Readings;

/// <summary>The rows of one study. What <see cref="AppendAsync"/> has returned is on the disk.</summary>
public sealed class ReadingLog : IDisposable
{
    /// <summary>Who makes a study.</summary>
    public const string Owner = "owner";

    private readonly PooledDbContextFactory<ReadingContext> contexts;
    private readonly TimeProvider clock;
    private readonly bool reads;
    private ReadingPlace place;
    private readonly SemaphoreSlim turn = new(1); // one row after the other: each holds the hash of the one before

    private ReadingLog(ReadingPlace place, TimeProvider? clock, bool reads = false)
    {
        (this.place, this.reads) = (place, reads);
        this.clock = clock ?? TimeProvider.System;
        contexts = new PooledDbContextFactory<ReadingContext>(place.Options(reads));
    }

    /// <summary>Makes a study, and with it the file, whole or not at all, or the table where there is none.</summary>
    /// <param name="place">Where.</param>
    /// <param name="study">Its first row.</param>
    /// <param name="clock">The clock; default the machine's.</param>
    /// <param name="fill">What else belongs to it from the beginning; default nothing.</param>
    /// <exception cref="IOException">There is one of this name, or it cannot be written.</exception>
    public static async Task<ReadingLog> CreateAsync(
        ReadingPlace place,
        ReadingStudy study,
        TimeProvider? clock = null,
        Func<ReadingLog, Task>? fill = null
    )
    {
        var begin = new ActionDraft(Owner, Actions.Created, study.ToJson()) { Once = true };
        async Task<ReadingLog> BeginAsync(ReadingPlace at)
        {
            var log = new ReadingLog(at, clock);
            try
            {
                await log.MigrateAsync();
                await log.AppendAsync(begin);
                await (fill?.Invoke(log) ?? Task.CompletedTask);
                return log;
            }
            catch
            {
                log.Dispose();
                throw;
            }
        }
        if (place.File is null)
            return await StudyStoreException.Told(place, () => BeginAsync(place));
        if (File.Exists(place.File))
            throw new IOException($"{place} is there already; choose another name, or delete it first");
        WriteFile(place, async at => (await BeginAsync(at)).Dispose());
        return (await OpenAsync(place, clock)).Log;
    }

    /// <summary>Makes a study's file, whole or not at all: nor are SQLite's journals left of one that failed.</summary>
    private static void WriteFile(ReadingPlace place, Func<ReadingPlace, Task> make) =>
        WholeFile.WriteAt(
            place.File!,
            temporary =>
            {
                try
                {
                    StudyStoreException
                        .Told(place, () => make(place with { File = temporary }))
                        .GetAwaiter()
                        .GetResult();
                }
                catch
                {
                    foreach (var journal in (string[])["-wal", "-shm", "-journal"])
                        File.Delete(temporary + journal);
                    throw;
                }
            }
        );

    /// <summary>Opens a study; its table is brought to this version's form.</summary>
    /// <exception cref="IOException">There is none, or it cannot be opened.</exception>
    public static Task<(ReadingLog Log, ReadingStudy Study)> OpenAsync(
        ReadingPlace place,
        TimeProvider? clock = null
    ) => OpenAsync(place, () => new ReadingLog(place, clock));

    /// <summary>Opens a study of which nothing is changed, also where nothing can be written.</summary>
    /// <exception cref="IOException">There is none, or it cannot be read.</exception>
    public static async Task<(ReadingLog Log, ReadingStudy Study)> OpenToReadAsync(ReadingPlace place)
    {
        NeedThere(place);
        var log = new ReadingLog(place, null, reads: true);
        if (await StudyStoreException.Told(place, log.IsOlderAsync))
        {
            log.Dispose();
            return await OpenAsync(place);
        }
        return await OpenAsync(place, () => log);
    }

    private static Task<(ReadingLog Log, ReadingStudy Study)> OpenAsync(ReadingPlace place, Func<ReadingLog> opened)
    {
        NeedThere(place);
        return StudyStoreException.Told(
            place,
            async () =>
            {
                var log = opened();
                try
                {
                    if (!log.reads)
                        await log.UpdateAsync();
                    await using var context = log.Context();
                    // A file may have another name than its study.
                    var rows = place.File is null ? log.Own(context) : context.Rows;
                    var first = await rows.FirstOrDefaultAsync(a => a.Number == 0) ?? throw NoStudy(place);
                    log.place = place with { Study = first.Study };
                    return (log, ReadingStudy.Parse(first.Payload));
                }
                catch
                {
                    log.Dispose();
                    throw;
                }
            }
        );
    }

    private static void NeedThere(ReadingPlace place)
    {
        if (place.File is not null && !File.Exists(place.File))
            throw NoStudy(place);
    }

    private static FileNotFoundException NoStudy(ReadingPlace place) =>
        new(
            $"{place}: there is no such study; make it with 'coverslip reading new {place.Study}'"
                + (place.File is null ? "" : ", or name its database with --database")
        );

    /// <summary>The names of the studies in a database.</summary>
    public static async Task<IReadOnlyList<string>> StudiesAsync(ReadingPlace place)
    {
        using var log = new ReadingLog(place, null, reads: true);
        return await StudyStoreException.Told(
            place,
            async () =>
            {
                await using var context = log.Context();
                return (await context.Database.GetAppliedMigrationsAsync()).Any()
                    ? await context.Rows.Where(a => a.Number == 0).Select(a => a.Study).Order().ToListAsync()
                    : [];
            }
        );
    }

    /// <summary>Closes the file: what stands in the journal beside it goes into it, and that is removed.</summary>
    public void Dispose()
    {
        turn.Dispose();
        if (place.File is not null)
            using (var context = Context())
                SqliteConnection.ClearPool((SqliteConnection)context.Database.GetDbConnection());
    }

    /// <summary>All rows by number, as they are when the first is read.</summary>
    public async IAsyncEnumerable<ActionRow> RowsAsync()
    {
        await using var context = Context();
        await using var rows = Own(context)
            .AsNoTracking()
            .OrderBy(a => a.Number)
            .AsAsyncEnumerable()
            .GetAsyncEnumerator();
        while (await StudyStoreException.Told(place, async () => await rows.MoveNextAsync()))
            yield return rows.Current;
    }

    /// <summary>The rows of a reader, by number.</summary>
    /// <param name="who">The reader.</param>
    /// <param name="after">From the row behind this one on; -1 (default) for all.</param>
    internal async Task<List<ActionRow>> RowsOfAsync(string who, long after = -1)
    {
        await using var context = Context();
        return await StudyStoreException.Told(
            place,
            () =>
                Own(context)
                    .AsNoTracking()
                    .Where(a => a.Who == who && a.Number > after)
                    .OrderBy(a => a.Number)
                    .ToListAsync()
        );
    }

    /// <summary>Writes a copy as a file, while others may be reading; of a study on a server, too.</summary>
    /// <returns>How many rows it has.</returns>
    /// <exception cref="IOException">The file is there already.</exception>
    public long BackUp(string file)
    {
        WholeFile.NeedNew(file);
        long rows = 0;
        WriteFile(
            place with
            {
                File = file,
                Server = null,
            },
            async at =>
            {
                using var copy = new ReadingLog(at, clock);
                rows = await CopyToAsync(copy);
            }
        );
        return rows;
    }

    private async Task<long> CopyToAsync(ReadingLog copy)
    {
        await copy.MigrateAsync();
        await using var context = copy.Context();
        await using var transaction = await context.Database.BeginTransactionAsync();
        long rows = 0;
        await foreach (var row in RowsAsync())
        {
            context.Add(row);
            if (++rows % 1000 == 0)
            {
                await context.SaveChangesAsync();
                context.ChangeTracker.Clear();
            }
        }
        await context.SaveChangesAsync();
        await transaction.CommitAsync();
        // One file, without the journal beside it.
        await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = DELETE");
        return rows;
    }

    /// <summary>Fills a study that was just made with the verdicts of a simulated one, all or none.</summary>
    /// <param name="study">The study.</param>
    /// <param name="verdicts">Reader, case, verdict alone, verdict with the machine's view.</param>
    /// <returns>How many rows the study has then.</returns>
    public async Task<long> FillAsync(
        ReadingStudy study,
        IEnumerable<(string Reader, int Case, VerdictPost First, VerdictPost Second)> verdicts
    )
    {
        await using var context = Context();
        await using var transaction = await context.Database.BeginTransactionAsync();
        var last = await Own(context).AsNoTracking().OrderByDescending(a => a.Number).FirstAsync();
        foreach (var (reader, number, first, second) in verdicts)
        {
            foreach (var (what, verdict) in new[] { (Actions.Verdict, first), (Actions.Final, second) })
            {
                last = Next(
                    last,
                    new ActionDraft(reader, what, verdict.ToJson()) { Slide = study.Cases[number].Contents }
                );
                context.Add(last);
            }
            if (last.Number % 1000 == 0)
            {
                await context.SaveChangesAsync();
                context.ChangeTracker.Clear();
            }
        }
        await context.SaveChangesAsync();
        await transaction.CommitAsync();
        return last.Number + 1;
    }

    /// <summary>Appends a row.</summary>
    /// <exception cref="OutOfOrderException">What it needs before it is not there, or it is there itself.</exception>
    internal async Task<ActionRow> AppendAsync(ActionDraft draft)
    {
        await turn.WaitAsync();
        try
        {
            // What is written to a file that was moved away stays behind in the log beside its old place.
            if (place.File is not null && draft.What != Actions.Created && !File.Exists(place.File))
                throw new OutOfOrderException(
                    $"not stored: {Path.GetFileName(place.File)} is not where the viewer opened it; the study's owner has to put it back there"
                );
            return await StudyStoreException.Told(place, () => WriteAsync(draft));
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<ActionRow> WriteAsync(ActionDraft draft)
    {
        await using var context = Context();
        // SQLite takes the one right to write here, so that no other process comes between.
        await using var transaction = await context.Database.BeginTransactionAsync();
        if (place.Server is not null)
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({place.Study}, 0))");
        await CheckAsync(context, draft);
        var last = await Own(context).AsNoTracking().OrderByDescending(a => a.Number).FirstOrDefaultAsync();
        var row = Next(last, draft);
        context.Add(row);
        await context.SaveChangesAsync();
        await transaction.CommitAsync();
        return row;
    }

    private ActionRow Next(ActionRow? last, ActionDraft draft)
    {
        var row = new ActionRow
        {
            Study = place.Study,
            Number = last is null ? 0 : last.Number + 1,
            Who = draft.Who,
            What = draft.What,
            At = clock.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            Slide = draft.Slide,
            Model = draft.Model,
            Viewport = draft.Viewport,
            Payload = draft.Payload,
            Previous = last?.Hash ?? ActionChain.Beginning,
        };
        return row with { Hash = row.ComputeHash() };
    }

    private async Task CheckAsync(ReadingContext context, ActionDraft draft)
    {
        var done = await Own(context)
            .Where(a => a.Who == draft.Who && a.Slide == draft.Slide)
            .Select(a => a.What)
            .ToListAsync();
        if (draft.Once && done.Contains(draft.What))
            throw draft.What == Actions.Created
                ? new IOException($"{place} is there already; choose another name")
                : new OutOfOrderException("this verdict was given before; it stays as it was");
        if (draft.After is { } before && !done.Contains(before))
            throw new OutOfOrderException(
                draft.What == Actions.Revealed ? "the machine's view comes after your own verdict"
                : draft.What == Actions.Final ? "the second verdict comes after the machine's view"
                : "a verdict comes after the case was opened"
            );
    }

    private IQueryable<ActionRow> Own(ReadingContext context) => context.Rows.Where(a => a.Study == place.Study);

    private ReadingContext Context() => contexts.CreateDbContext();

    /// <summary>Whether the table has the form of an earlier version.</summary>
    /// <exception cref="FileNotFoundException">There is no table: a file of another kind, an empty database.</exception>
    private async Task<bool> IsOlderAsync()
    {
        await using var context = Context();
        return (await context.Database.GetAppliedMigrationsAsync()).Any()
            ? (await context.Database.GetPendingMigrationsAsync()).Any()
            : throw NoStudy(place);
    }

    /// <summary>Brings the table to this version's form, and a file to the journal that lets others read meanwhile.</summary>
    private async Task UpdateAsync()
    {
        if (await IsOlderAsync())
            await MigrateAsync();
        await using var context = Context();
        if (place.File is not null)
            await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL");
    }

    private async Task MigrateAsync()
    {
        await using var context = Context();
        await context.Database.MigrateAsync();
    }
}
