using System.CommandLine;
using Coverslip.App.Cluster;
using Coverslip.App.Progress;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Shards;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Tissue;

namespace Coverslip.App.Commands;

/// <summary>The part of <c>coverslip predict</c> that is about whole slides.</summary>
internal static class PredictSlides
{
    private static readonly Option<double?> Mpp = new("--mpp")
    {
        Description = "Slides: microns per pixel of the run's training images, where the run does not say.",
    };
    private static readonly Option<int?> Stride = new("--stride")
    {
        Description =
            "Slides: pixels from one window to the next. [default: the run's test.stride, half a window of runs that "
            + "segment; of others 128, or a smaller window's side]",
    };
    private static readonly Option<double?> Threshold = new("--threshold")
    {
        Description = "Slides: what is above it is detected. [default: 0.5]",
    };
    private static readonly Option<double?> Radius = new("--radius-microns")
    {
        Description = "Slides: microns around a detection in which there is no second one. [default: 200]",
    };
    private static readonly Option<bool> Components = new("--components")
    {
        Description = "Slides: one detection per connected component, instead of repeated maxima.",
    };
    private static readonly Option<bool> NoOrientations = new("--no-orientations")
    {
        Description = "Slides: see each window once, not in its eight orientations: an eighth of the time.",
    };

    private static readonly Option<double?> SaveEvery = new("--save-every")
    {
        Description =
            "Slides: seconds after which what is done within a slide is saved; a call that is killed loses no more. [default: 30]",
    };

    static PredictSlides()
    {
        SlideArguments.CheckMpp(Mpp);
        Threshold.Within(0, 1);
        Radius.Within(0, 1e6);
        SaveEvery.Within(0, 86400, " seconds");
    }

    internal static IReadOnlyList<Option> Options =>
        [
            Mpp,
            SlideArguments.SlideMpp,
            SlideArguments.Reader,
            SlideArguments.Tissue,
            Stride,
            Threshold,
            Radius,
            Components,
            NoOrientations,
            SaveEvery,
            .. ShardOption.Options,
            ClusterOptions.Slurm,
        ];

    /// <summary>Whether slides were given: any scanner's file, any tiled TIFF, or any file with --mpp.</summary>
    internal static bool Are(ParseResult parsed, string[] files) => files.Any(file => Is(parsed, file));

    /// <summary>Whether a file is taken for a slide.</summary>
    internal static bool Is(ParseResult parsed, string file) =>
        parsed.GetValue(Mpp) is not null || SlideFile.IsSlide(file);

    /// <summary>Refuses what has no meaning for image files, instead of leaving it out in silence.</summary>
    /// <exception cref="ArgumentException">An option of slides is given.</exception>
    internal static void RefuseForImages(ParseResult parsed)
    {
        string[] given = [.. Options.Where(o => parsed.GetResult(o) is { Implicit: false }).Select(o => o.Name)];
        if (given.Length > 0)
            throw new ArgumentException(
                $"{string.Join(", ", given)}: these are image files of a model that classifies, which are predicted without; leave it out"
            );
    }

    /// <summary>Predicts slides one by one; 1 where one of them failed.</summary>
    internal static int Run(
        ParseResult parsed,
        PredictedFiles files,
        IReadOnlyList<string> slides,
        string folder,
        int? batch
    )
    {
        var run = files.Model;
        var recipe =
            run.Recipe as IPredictsSlides
            ?? throw new InvalidOperationException(
                "this run's method takes image files, not slides; docs/methods says which methods look at slides"
            );
        var asked = Asked(parsed, batch) with
        {
            PatientOf = files.Patients is { } whose ? name => whose.GetValueOrDefault(name) : null,
        };
        var prediction = recipe.OpenSlides(run, asked);
        var tissue = SlideArguments.TissueFolder(parsed);
        var walk = new SlideWalk(prediction, folder)
        {
            Opening = SlideArguments.Opening(parsed),
            TissueOf = tissue is null ? slide => SlideTissue.Of(slide, recipe.Tissue) : tissue.Tissue,
            Seen = files.Seen is { } seen
                ? new SeenSlides(seen, run.Parts.Count, parts => recipe.OpenSlides(run.Only(parts), asked))
                : null,
            Looks = run.TrainedOn?.Looks,
        };
        if (ClusterOptions.Of(parsed) is { } request)
            return ShardSlurm.Submit(
                parsed,
                request,
                folder,
                slides,
                new ShardedWork(walk.Opening, CostOf(tissue), walk.Try)
            );
        using var stop = new StopSignal();
        using var shown = new Shown(prediction.Unit);
        if (ShardOption.Of(parsed) is { } shard)
        {
            var own = ShardOption.SlidesOf(shard, folder, slides, walk.Opening, CostOf(tissue));
            return ShardOption.Ended(folder, shard, (own.Count, walk.RunShare(slides, own, shown, stop.Token)));
        }
        var summary = parsed.GetValue(ShardOption.Merge)
            ? walk.Merge(slides, ShardFailures.Read(folder), shown)
            : walk.Run(slides, shown, stop.Token);
        if (summary.Totals.Text is { } text)
            Console.WriteLine(text);
        if (summary.Failures.Count > 0)
            Console.Error.WriteLine($"{summary.Failures.Count} of {slides.Count} slides failed");
        var written = prediction.Scores ? SlideSummary.ScoresIn(folder) : folder;
        if (Path.Exists(written)) // no table where no slide was predicted
            Console.WriteLine($"wrote {written}");
        if (run.Recipe is not ISegmentsImages)
            PredictedSlides.Tell(summary, files, folder);
        else
            files.Segmented.AddRange(summary.Outcomes.Select(o => PredictedSlides.Segmented(o, files.PathOf(o.Name))));
        return summary.Failures.Count == 0 ? 0 : 1;
    }

    /// <summary>What a slide costs beside others: the tissue on it, as it was found before or on a coarse level.</summary>
    internal static Func<Slide, double> CostOf(TissueFiles? tissue) =>
        tissue is null ? SlideCost.OfTissue : slide => SlideCost.OfTissue(slide, tissue.Tissue(slide));

    /// <summary>What the command line asks for; what it does not name, the run decides.</summary>
    internal static PredictionRequest Asked(ParseResult parsed, int? batch) =>
        new()
        {
            Mpp = parsed.GetValue(Mpp),
            Stride = parsed.GetValue(Stride),
            Threshold = parsed.GetValue(Threshold),
            RadiusMicrons = parsed.GetValue(Radius),
            Components = parsed.GetValue(Components),
            NoOrientations = parsed.GetValue(NoOrientations),
            SaveEvery = parsed.GetValue(SaveEvery) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Batch = batch,
            Reconstructions = parsed.GetValue(PredictSegments.Reconstructions),
        };

    /// <summary>A line of progress within a slide, and one that stays after it.</summary>
    internal sealed class Shown(string unit) : ISlideProgress, IDisposable
    {
        private ProgressLine? line;
        private int first;

        public void Predicted(string slide, int done, int all)
        {
            // What an earlier call did took this one no time: rate and time left count from here.
            if (line is null)
                (line, first) = (new ProgressLine(slide, all - done, unit), done);
            line.Report(done - first);
        }

        public void Finished(SlideOutcome outcome)
        {
            Dispose();
            Console.WriteLine($"{outcome.Name}: {outcome.Text}");
            if (outcome.Unfamiliar is { } difference)
                Console.Error.WriteLine(
                    $"warning: {outcome.Name}: {difference}; what the run says of it may mean nothing"
                );
        }

        public void Failed(FailedFile slide)
        {
            Dispose();
            Console.Error.WriteLine($"error: {slide.Name}: {slide.Reason}");
        }

        public void Dispose()
        {
            line?.Dispose();
            line = null;
        }
    }
}
