using System.Collections.Concurrent;
using System.Text.Json;

namespace Coverslip.Viewer.Readings;

/// <summary>How far a reader is with a case.</summary>
internal enum Stage
{
    /// <summary>Not opened.</summary>
    Waiting,

    /// <summary>Opened; the machine's view is held back.</summary>
    Blind,

    /// <summary>The first verdict is stored; the machine's view is shown.</summary>
    Shown,

    /// <summary>Both verdicts are stored.</summary>
    Finished,
}

/// <summary>
/// Who is where in a study. A case is open to its reader alone, one after the other; what the machine makes of it, once the
/// reader's first verdict is on the disk.
/// </summary>
internal sealed class ReadingDesk : IDisposable
{
    private readonly ReadingLog log;
    private readonly ConcurrentDictionary<(string Reader, int Case), Stage> stages = new();
    private readonly ConcurrentDictionary<string, long> known = new(); // the last row of a reader that was taken in
    private readonly Dictionary<string, ReadingReader> readers;
    private readonly Dictionary<string, int> cases;

    private ReadingDesk(ReadingLog log, ReadingStudy study)
    {
        (this.log, Study) = (log, study);
        cases = study.Cases.Index().ToDictionary(c => c.Item.Contents, c => c.Index);
        readers = study.Readers.ToDictionary(r => r.Name);
    }

    internal ReadingStudy Study { get; }

    /// <summary>The desk as the rows leave it.</summary>
    internal static async Task<ReadingDesk> OpenAsync(ReadingLog log, ReadingStudy study)
    {
        var desk = new ReadingDesk(log, study);
        foreach (var reader in study.Readers)
            await desk.RefreshAsync(reader.Name);
        return desk;
    }

    public void Dispose() => log.Dispose();

    /// <summary>Takes in what was written since, by another server of the same database, too.</summary>
    internal async Task RefreshAsync(string reader)
    {
        var last = known.GetValueOrDefault(reader, -1);
        foreach (var row in await log.RowsOfAsync(reader, last))
        {
            if (row.Slide is not null && cases.TryGetValue(row.Slide, out var number))
                Reach(reader, number, After(row.What));
            last = row.Number;
        }
        known.AddOrUpdate(reader, last, (_, other) => Math.Max(other, last));
    }

    internal ReadingReader? Reader(string name) => readers.GetValueOrDefault(name);

    internal Stage StageOf(string reader, int number) => stages.GetValueOrDefault((reader, number));

    /// <summary>Whether the reader may look at a case: one that was opened.</summary>
    internal bool MaySee(string reader, int number) => Reached(reader, number, Stage.Blind);

    internal bool MaySeeMachine(string reader, int number) => Reached(reader, number, Stage.Shown);

    /// <summary>What is not reached here may be reached on another server: the database knows.</summary>
    private bool Reached(string reader, int number, Stage stage)
    {
        if (StageOf(reader, number) < stage)
            RefreshAsync(reader).GetAwaiter().GetResult();
        return StageOf(reader, number) >= stage;
    }

    /// <summary>The place of the first case that is not finished; null where all are.</summary>
    internal int? Current(ReadingReader reader) =>
        reader
            .Cases.Index()
            .Where(c => StageOf(reader.Name, c.Item) != Stage.Finished)
            .Select(c => (int?)c.Index)
            .FirstOrDefault();

    internal Task OpenAsync(ReadingReader reader, int number) =>
        Append(reader, number, new(reader.Name, Actions.Opened, "{}"));

    internal Task VerdictAsync(ReadingReader reader, int number, VerdictPost verdict, string? viewport) =>
        Append(
            reader,
            number,
            new(reader.Name, Actions.Verdict, Json(verdict))
            {
                Viewport = viewport,
                Once = true,
                After = Actions.Opened,
            }
        );

    internal Task FinalAsync(ReadingReader reader, int number, VerdictPost verdict, string? viewport) =>
        Append(
            reader,
            number,
            new(reader.Name, Actions.Final, Json(verdict))
            {
                Model = Study.Model,
                Viewport = viewport,
                Once = true,
                After = Actions.Revealed,
            }
        );

    /// <summary>The reader's own first verdict; null where there is none yet.</summary>
    internal async Task<VerdictPost?> FirstOf(ReadingReader reader, int number) =>
        StageOf(reader.Name, number) < Stage.Shown ? null
        : (await log.RowsOfAsync(reader.Name)).Find(r =>
            r.What == Actions.Verdict && r.Slide == Study.Cases[number].Contents
        )
            is { } row
            ? VerdictPost.Of(row)
        : null;

    /// <summary>What the machine makes of a case, which is written down before it is sent.</summary>
    /// <exception cref="OutOfOrderException">There is no first verdict, or the files are not those that the study was made with.</exception>
    internal async Task<MachineView> RevealAsync(ReadingReader reader, int number)
    {
        var slide = Study.Cases[number];
        var pictures = Study.Pictures ? PictureMachine.Of(Study) : null;
        var contents = pictures?.ContentsOf(slide) ?? MachineView.ContentsOf(Study.Predictions, slide.File);
        if (contents != slide.Machine)
            throw new OutOfOrderException(
                "what the machine made of this case was changed since the study was made; the study's owner has to restore the predictions"
            );
        var view = pictures?.Read(slide) ?? MachineView.Read(Study.Predictions, slide.File);
        var payload = new
        {
            probability = view.Probability,
            detections = view.Detections.Count,
            contents,
        };
        await Append(
            reader,
            number,
            new(reader.Name, Actions.Revealed, Json(payload)) { Model = Study.Model, After = Actions.Verdict }
        );
        return view;
    }

    private async Task Append(ReadingReader reader, int number, ActionDraft draft)
    {
        await log.AppendAsync(draft with { Slide = Study.Cases[number].Contents });
        Reach(reader.Name, number, After(draft.What));
    }

    private void Reach(string reader, int number, Stage stage) =>
        stages.AddOrUpdate((reader, number), stage, (_, before) => before > stage ? before : stage);

    private static Stage After(string what) =>
        what == Actions.Opened ? Stage.Blind
        : what == Actions.Verdict || what == Actions.Revealed ? Stage.Shown
        : what == Actions.Final ? Stage.Finished
        : Stage.Waiting;

    private static string Json(object value) => JsonSerializer.Serialize(value, VerdictPost.Web);
}
