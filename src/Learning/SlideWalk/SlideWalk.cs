using System.Text.Json.Nodes;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Shards;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Tissue;

namespace Coverslip.Learning.SlideWalk;

/// <summary>Told how a walk over slides goes.</summary>
public interface ISlideProgress
{
    /// <summary>Within a slide: how many of how many are done.</summary>
    void Predicted(string slide, int done, int all);

    /// <summary>After a slide, also after one that was finished before.</summary>
    void Finished(SlideOutcome outcome);

    /// <summary>After a slide that could not be predicted; the walk goes on.</summary>
    void Failed(FailedFile slide);
}

/// <summary>
/// Predicts slides one by one into a folder. A finished slide is skipped, an unfinished one taken up where it was saved; one
/// that fails stops no other. Processes that share the folder, also on several machines, predict each slide once.
/// </summary>
/// <param name="prediction">What is done with each.</param>
/// <param name="folder">Where files go.</param>
public sealed class SlideWalk(ISlidePrediction prediction, string folder)
{
    /// <summary>How slides are opened.</summary>
    public SlideOptions Opening { get; init; } = new();

    /// <summary>What counts as tissue; null (default): what <c>coverslip tissue</c> finds by default.</summary>
    public Func<Slide, SlideTissue>? TissueOf { get; init; }

    /// <summary>What the run has seen of the slides; null (default): nobody says, and all its parts predict all of them.</summary>
    public SeenSlides? Seen { get; init; }

    /// <summary>What the run's training images look like; null (default) where it does not say.</summary>
    public ImageLooks? Looks { get; init; }

    /// <summary>Predicts slides, then writes what came of all of them.</summary>
    /// <param name="slides">The files.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="stop">Asked between batches; calling again goes on.</param>
    /// <exception cref="ArgumentException">Two slides have the same name.</exception>
    /// <exception cref="InvalidDataException">The folder holds other slides, predicted otherwise.</exception>
    /// <exception cref="OperationCanceledException">Stopped; what was done is saved.</exception>
    public SlideSummary Run(IReadOnlyList<string> slides, ISlideProgress progress, CancellationToken stop)
    {
        Check(slides);
        var (outcomes, failures) = Visit(slides, progress, stop);
        return Summarize([.. slides.Where(outcomes.ContainsKey).Select(s => outcomes[s])], failures);
    }

    /// <summary>
    /// Predicts some of the slides of a call and writes no table: calls on the others do the same, and <see cref="Merge"/> writes
    /// what came of all of them.
    /// </summary>
    /// <param name="slides">All files of the call.</param>
    /// <param name="some">Those to predict.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="stop">Asked between batches; calling again goes on.</param>
    /// <returns>Those that failed.</returns>
    /// <exception cref="ArgumentException">Two slides have the same name.</exception>
    /// <exception cref="InvalidDataException">The folder holds other slides, predicted otherwise.</exception>
    public IReadOnlyList<FailedFile> RunShare(
        IReadOnlyList<string> slides,
        IReadOnlyList<string> some,
        ISlideProgress progress,
        CancellationToken stop
    )
    {
        Check(slides);
        return Visit(some, progress, stop).Failures;
    }

    /// <summary>Predicts nothing; writes what came of all slides, each of which another call has finished, or has not.</summary>
    /// <param name="slides">All files of the call.</param>
    /// <param name="reasons">Why slides are not finished, by their names, as far as it is known.</param>
    /// <param name="progress">Told of each.</param>
    /// <exception cref="ArgumentException">Two slides have the same name.</exception>
    /// <exception cref="InvalidDataException">The folder holds other slides, predicted otherwise.</exception>
    public SlideSummary Merge(
        IReadOnlyList<string> slides,
        IReadOnlyDictionary<string, string> reasons,
        ISlideProgress progress
    )
    {
        Check(slides);
        var (outcomes, failures) = (new List<SlideOutcome>(), new List<FailedFile>());
        foreach (var path in slides)
        {
            var name = Path.GetFileNameWithoutExtension(path);
            try
            {
                using var slide = SlideFile.Open(path, Opening);
                if (Finished(Begin(slide, null, default)) is not { } finished)
                    throw ShardFailures.Missing(reasons, path);
                outcomes.Add(finished);
                progress.Finished(finished);
            }
            catch (Exception error) when (FailedFile.Is(error))
            {
                failures.Add(new FailedFile(name, error.Message));
                progress.Failed(failures[^1]);
            }
        }
        return Summarize(outcomes, failures);
    }

    private void Check(IReadOnlyList<string> slides)
    {
        DistinctNames.Check(slides);
        UserFiles.GuardBeside(folder, slides);
        foreach (var slide in slides) // now, and not after hours of the first
            UserFiles.Check(new SlideFiles(folder, Path.GetFileNameWithoutExtension(slide)).GeoJson);
        SlideRecord.CheckOthers(folder, prediction, slides.Select(Path.GetFileNameWithoutExtension));
    }

    private (Dictionary<string, SlideOutcome> Outcomes, List<FailedFile> Failures) Visit(
        IReadOnlyList<string> slides,
        ISlideProgress progress,
        CancellationToken stop
    )
    {
        var (outcomes, failures) = (new Dictionary<string, SlideOutcome>(), new List<FailedFile>());
        var taken = new List<string>();
        // Those that another process is at come last: by then it has finished them, or gone.
        foreach (var (path, last) in slides.Select(s => (s, false)).Concat(taken.Select(s => (s, true))))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            var claim = Path.Combine(folder, "claims", name);
            try
            {
                using var claimed = last ? FileClaim.Await(claim, stop) : FileClaim.Try(claim);
                if (claimed is null)
                {
                    taken.Add(path);
                    continue;
                }
                using var slide = SlideFile.Open(path, Opening);
                outcomes[path] = Predict(slide, (done, all) => progress.Predicted(name, done, all), stop);
                progress.Finished(outcomes[path]);
            }
            catch (Exception error) when (FailedFile.Is(error))
            {
                failures.Add(new FailedFile(name, error.Message));
                progress.Failed(failures[^1]);
            }
        }
        return (outcomes, failures);
    }

    /// <summary>Predicts an open slide, or what is left of it; nobody else may be at it.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="progress">Told how many of how many are done.</param>
    /// <param name="stop">Asked between batches; calling again goes on.</param>
    /// <exception cref="UnreadableSlideException">A tile, or the resolution.</exception>
    /// <exception cref="InvalidDataException">The folder holds a slide of this name of something else.</exception>
    public SlideOutcome Predict(Slide slide, Action<int, int>? progress = null, CancellationToken stop = default)
    {
        var begun = Begin(slide, progress, stop);
        if (Finished(begun) is { } finished)
            return finished;
        var (own, work, madeOf) = begun;
        var made = own.Predict(work);
        if (Looks is { } looks && SlideLook.Difference(looks, slide, work.Tissue, own.Window) is { } difference)
            made.Record[SlideLook.Key] = difference;
        SlideRecord.Write(RecordOf(slide), madeOf, made.Record);
        work.State.Remove();
        return Told(made.Outcome, slide, made.Record);
    }

    /// <summary>Measures what a slide needs at its first windows; files that come of it go.</summary>
    /// <param name="path">The slide.</param>
    /// <param name="enough">Time after which its speed is known.</param>
    /// <param name="stop">Stops it.</param>
    /// <exception cref="UnreadableSlideException">It cannot be read.</exception>
    public SlideTrial Try(string path, TimeSpan enough, CancellationToken stop)
    {
        var elsewhere = Directory.CreateTempSubdirectory("coverslip-trial-");
        try
        {
            using var slide = SlideFile.Open(path, Opening with { Noted = null });
            var walk = new SlideWalk(prediction, elsewhere.FullName) { TissueOf = TissueOf };
            return SlideTrial.Of((told, ended) => walk.Predict(slide, told, ended), enough, stop);
        }
        finally
        {
            elsewhere.Delete(recursive: true);
        }
    }

    private (ISlidePrediction Own, SlideWork Work, Fingerprint MadeOf) Begin(
        Slide slide,
        Action<int, int>? progress,
        CancellationToken stop
    )
    {
        var own = Seen?.PredictionOf(slide.Path) ?? prediction;
        var tissue = TissueOf?.Invoke(slide) ?? SlideTissue.Of(slide, new TissueOptions());
        var madeOf = own.AddTo(new Fingerprint().AddSlide(slide).Add(SlideRecord.TissuePart, tissue.Rule));
        var state = new HeatmapState(Path.ChangeExtension(RecordOf(slide), "state"), madeOf);
        return (own, new SlideWork(slide, tissue, folder, state) { Progress = progress, Stop = stop }, madeOf);
    }

    /// <summary>What came of a slide that was finished before; null where it was not.</summary>
    private SlideOutcome? Finished((ISlidePrediction Own, SlideWork Work, Fingerprint MadeOf) begun)
    {
        var (own, work, madeOf) = begun;
        if (
            SlideRecord.Finished(RecordOf(work.Slide), madeOf) is not { } record
            || own.Finished(work, record) is not { } finished
        )
            return null;
        return SlideRecord.OtherProgram(record) is { } version
            ? Told(finished with { Text = $"{finished.Text}, by Coverslip {version}" }, work.Slide, record)
            : Told(finished, work.Slide, record);
    }

    private string RecordOf(Slide slide) =>
        Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(slide.Path)}-{prediction.Kind}.json");

    private SlideOutcome Told(SlideOutcome outcome, Slide slide, JsonObject record) =>
        outcome with
        {
            TrainedOn = Seen?.TrainedOn(slide.Path) ?? "",
            Unfamiliar = record[SlideLook.Key]?.GetValue<string>(),
        };

    /// <summary>Writes what came of all slides of a call, into what earlier calls on the folder wrote.</summary>
    public SlideSummary Summarize(IReadOnlyList<SlideOutcome> outcomes, IReadOnlyList<FailedFile> failures)
    {
        var summary = new SlideSummary(
            outcomes,
            failures,
            prediction.Totals(new WalkedSlides(folder, outcomes, failures))
        );
        summary.Write(folder, prediction.Scores, Seen is not null);
        return summary;
    }
}
