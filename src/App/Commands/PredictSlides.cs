using System.CommandLine;
using System.CommandLine.Parsing;
using Coverslip.App.Cluster;
using Coverslip.App.Progress;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Shards;
using Coverslip.Learning.SlideWalk;
using Coverslip.Methods;
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

    private static readonly Option<string?> First = new("--first")
    {
        Description =
            "Slides: a run of a smaller network that sees all windows first; the run sees those for which it reaches "
            + "a threshold, and the others keep its answer. [default: the run sees all windows]",
    };
    private static readonly Option<double> FirstKeeps = new("--first-keeps")
    {
        Description =
            "With --first: choose the threshold so that this share of the first run's positive validation windows reaches it.",
        DefaultValueFactory = _ => 0.995,
    };
    private static readonly Option<double?> FirstThreshold = new("--first-threshold")
    {
        Description = "With --first: the threshold itself. [default: chosen by --first-keeps]",
    };

    static PredictSlides()
    {
        FirstKeeps.Within(0.5, 1);
        FirstThreshold.Within(0, 1);
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
            First,
            FirstKeeps,
            FirstThreshold,
            .. ShardOption.Options,
            ClusterOptions.Slurm,
        ];

    /// <summary>Refuses what says how a first run looks where there is none, or says it twice.</summary>
    internal static void CheckFirst(CommandResult parsed)
    {
        Option[] how = [.. ((Option[])[FirstKeeps, FirstThreshold]).Where(o => parsed.Has(o))];
        if (how.Length > 0 && !parsed.Has(First))
            parsed.AddError($"{how[0].Name} needs --first, the run that looks first.");
        if (how.Length > 1)
            parsed.AddError($"{how[0].Name} chooses a threshold and {how[1].Name} is one; give one of them.");
    }

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

    /// <summary>Refuses a first run before one that does not classify windows.</summary>
    /// <exception cref="ArgumentException">One is given.</exception>
    internal static void RefuseFirst(ParseResult parsed)
    {
        if (parsed.GetValue(First) is { } path)
            throw new ArgumentException(
                $"--first is {path}, and this run says of every pixel what it shows: there are no windows of which a first network could answer some; leave it out"
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
        using var first = parsed.GetValue(First) is { } path
            ? TrainedModel.Load(path, Known.Methods, DeviceOption.Of(parsed))
            : null;
        var asked = Asked(parsed, batch) with
        {
            PatientOf = files.Patients is { } whose ? name => whose.GetValueOrDefault(name) : null,
            First = first is null
                ? null
                : new FirstRequest(first, parsed.GetValue(First)!)
                {
                    Keeps = parsed.GetValue(FirstKeeps),
                    Threshold = parsed.GetValue(FirstThreshold),
                },
        };
        var prediction = recipe.OpenSlides(run, asked);
        var looks = (prediction as HeatmapPrediction)?.First?.Text;
        if (looks is not null)
            Console.Error.WriteLine(looks);
        var tissue = SlideArguments.TissueFolder(parsed);
        var walk = new SlideWalk(prediction, folder)
        {
            Opening = SlideArguments.Opening(parsed),
            TissueOf = tissue is null ? slide => SlideTissue.Of(slide, recipe.Tissue) : tissue.Tissue,
            Seen = SeenOf(files, recipe, asked),
            Looks = run.TrainedOn?.Looks,
        };
        if (ClusterOptions.Of(parsed) is { } request)
        {
            // Timed without the first run: how many windows are left to this one is known only after a whole slide, and all are the most.
            var timed = new SlideWalk(
                first is null ? prediction : recipe.OpenSlides(run, asked with { First = null }),
                folder
            )
            {
                Opening = walk.Opening,
                TissueOf = walk.TissueOf,
            };
            return ShardSlurm.Submit(
                parsed,
                request,
                folder,
                slides,
                new ShardedWork(walk.Opening, CostOf(tissue), timed.Try)
            );
        }
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
            PredictedSlides.Tell(summary, files, folder, looks);
        else
            files.Segmented.AddRange(summary.Outcomes.Select(o => PredictedSlides.Segmented(o, files.PathOf(o.Name))));
        return summary.Failures.Count == 0 ? 0 : 1;
    }

    /// <summary>What the run, and a first one, have seen of the slides; null where the run does not say.</summary>
    private static SeenSlides? SeenOf(PredictedFiles files, IPredictsSlides recipe, PredictionRequest asked)
    {
        var (run, first) = (files.Model, asked.First);
        var known = first is null ? null : PredictedFiles.SeenBy(first.Run, files);
        if (first is not null)
            foreach (var note in known is null ? [SeenImage.Untold] : SeenImage.Notes([.. known.Values], "slides"))
                Console.Error.WriteLine($"first network: {note}");
        return files.Seen is { } seen
            ? new SeenSlides(seen, run.Parts.Count, Open)
            {
                First = known is null ? null : (known, first!.Run.Parts.Count),
            }
            : null;

        ISlidePrediction Open(JudgingParts parts) =>
            recipe.OpenSlides(
                run.Only(parts.Run),
                parts.First is null ? asked : asked with { First = first! with { Run = first.Run.Only(parts.First) } }
            );
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
        private (int First, int Last, int All) told;

        public void Predicted(string slide, int done, int all)
        {
            if (all != told.All || done < told.Last) // a second pass, over other windows
                Dispose();
            // What an earlier call did took this one no time: rate and time left count from here.
            if (line is null)
                (line, told.First) = (new ProgressLine(slide, all - done, unit), done);
            (told.Last, told.All) = (done, all);
            line.Report(done - told.First);
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
