using System.Text.Json.Nodes;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Runs;
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
        DistinctNames.Check(slides);
        UserFiles.GuardBeside(folder, slides);
        foreach (var slide in slides) // now, and not after hours of the first
            UserFiles.Check(new SlideFiles(folder, Path.GetFileNameWithoutExtension(slide)).GeoJson);
        SlideRecord.CheckOthers(folder, prediction, slides.Select(Path.GetFileNameWithoutExtension));
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
        return Summarize([.. slides.Where(outcomes.ContainsKey).Select(s => outcomes[s])], failures);
    }

    /// <summary>Predicts an open slide, or what is left of it; nobody else may be at it.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="progress">Told how many of how many are done.</param>
    /// <param name="stop">Asked between batches; calling again goes on.</param>
    /// <exception cref="UnreadableSlideException">A tile, or the resolution.</exception>
    /// <exception cref="InvalidDataException">The folder holds a slide of this name of something else.</exception>
    public SlideOutcome Predict(Slide slide, Action<int, int>? progress = null, CancellationToken stop = default)
    {
        var own = Seen?.PredictionOf(slide.Path) ?? prediction;
        var tissue = TissueOf?.Invoke(slide) ?? SlideTissue.Of(slide, new TissueOptions());
        var madeOf = own.AddTo(new Fingerprint().AddSlide(slide).Add(SlideRecord.TissuePart, tissue.Rule));
        var place = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(slide.Path)}-{prediction.Kind}");
        var work = new SlideWork(slide, tissue, folder, new HeatmapState($"{place}.state", madeOf))
        {
            Progress = progress,
            Stop = stop,
        };
        if (SlideRecord.Finished($"{place}.json", madeOf) is { } record && own.Finished(work, record) is { } finished)
            return SlideRecord.OtherProgram(record) is { } version
                ? Told(finished with { Text = $"{finished.Text}, by Coverslip {version}" }, slide, record)
                : Told(finished, slide, record);
        var made = own.Predict(work);
        if (Looks is { } looks && SlideLook.Difference(looks, slide, tissue, own.Window) is { } difference)
            made.Record[SlideLook.Key] = difference;
        SlideRecord.Write($"{place}.json", madeOf, made.Record);
        work.State.Remove();
        return Told(made.Outcome, slide, made.Record);
    }

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
