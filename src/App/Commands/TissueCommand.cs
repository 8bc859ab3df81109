using System.Collections.Concurrent;
using System.CommandLine;
using Coverslip.App.Cluster;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Shards;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Tissue;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip tissue</c>: where slides have tissue, as masks and as polygons.</summary>
internal static class TissueCommand
{
    private static readonly TissueOptions Defaults = new();

    private static readonly Option<string> Out = new("--out")
    {
        Description = "Folder for masks, overlays, polygons and tissue.csv.",
        Required = true,
    };

    private static readonly Option<TissueChannel> Channel = new("--channel")
    {
        Description = "What Otsu's threshold is laid through.",
        DefaultValueFactory = _ => Defaults.Channel,
    };

    private static readonly Option<double> Mpp = new("--mpp")
    {
        Description = "Microns per pixel of the mask, 0.5 to 200.",
        DefaultValueFactory = _ => Defaults.Mpp,
    };

    private static readonly Option<int?> Threshold = new("--threshold")
    {
        Description = "Tissue is above this, 0 to 254. [default: Otsu's of each slide]",
    };

    private static readonly Option<bool> StrongOnly = new("--strong-only")
    {
        Description = "Otsu's threshold once: leaves out tissue that is stained weakly beside the other.",
    };

    private static readonly Option<double> MinContrast = new("--min-contrast")
    {
        Description = "A slide is blank where both sides of the threshold differ by less, 0 to 255.",
        DefaultValueFactory = _ => Defaults.MinContrast,
    };

    private static readonly Option<double> FillHoles = new("--fill-holes")
    {
        Description = "Fill holes up to so many mm².",
        DefaultValueFactory = _ => Defaults.FillHoles,
    };

    private static readonly Option<double> MinArea = new("--min-area")
    {
        Description = "Leave out pieces of fewer mm².",
        DefaultValueFactory = _ => Defaults.MinArea,
    };

    private static readonly Option<bool> KeepPen = new("--keep-pen")
    {
        Description = "Count ink as tissue. [default: blue, green and black pen is left out]",
    };

    private static readonly Option<bool> KeepBlur = new("--keep-blur")
    {
        Description = "Count tissue that is strongly out of focus. [default: left out]",
    };

    public static Command Create()
    {
        var command = new Command(
            "tissue",
            """
            Find the tissue of slides: NAME.mask.png, NAME.overlay.png, NAME.geojson (pixels of level 0, as QuPath reads
            them), and tissue.csv with areas, also of pen, folds, bubbles and blur, and the reason where there is no
            tissue. Pen and strong blur are no tissue. Finished slides are skipped while file, resolution, reader and
            options are the same, and done again where one changed, which is told. A slide that fails is reported, and
            the exit code is 1.

            Examples:
              coverslip tissue slides/*.svs --out tissue
              coverslip tissue a.tif --out tissue --channel darkness --mpp 4 --fill-holes 0
            """
        )
        {
            SlideArguments.Files,
            Out,
            Channel,
            Mpp,
            Threshold,
            StrongOnly,
            MinContrast,
            FillHoles,
            MinArea,
            KeepPen,
            KeepBlur,
            SlideArguments.SlideMpp,
            SlideArguments.Reader,
        };
        ShardOption.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var options = Defaults with
        {
            Channel = parsed.GetValue(Channel),
            Mpp = parsed.GetValue(Mpp),
            Threshold = parsed.GetValue(Threshold),
            StrongOnly = parsed.GetValue(StrongOnly),
            MinContrast = parsed.GetValue(MinContrast),
            FillHoles = parsed.GetValue(FillHoles),
            MinArea = parsed.GetValue(MinArea),
            KeepPen = parsed.GetValue(KeepPen),
            KeepBlur = parsed.GetValue(KeepBlur),
        };
        options.Check();
        var slides = SlideArguments.WithoutOutputs(parsed.GetRequiredValue(SlideArguments.Files));
        DistinctNames.Check(slides);
        var folder = parsed.GetRequiredValue(Out);
        WholeFile.MakeFolder(folder);
        var files = new TissueFiles(folder);
        UserFiles.GuardBeside(folder, slides);
        var opening = SlideArguments.Opening(parsed);
        var (skipped, told, others) = (0, new ConcurrentQueue<string>(), new ConcurrentQueue<string>());
        if (ClusterOptions.Of(parsed) is { } request)
            return ShardSlurm.Submit(
                parsed,
                request,
                folder,
                slides,
                new ShardedWork(opening, SlideCost.OfAll, (slide, _, stop) => Tried(slide, opening, options, stop))
            );
        var (shard, merge) = (ShardOption.Of(parsed), parsed.GetValue(ShardOption.Merge));
        if (shard is not null)
            slides = [.. ShardOption.SlidesOf(shard, folder, slides, opening, SlideCost.OfAll)];
        var reasons = merge ? ShardFailures.Read(folder) : null;
        var results = PerSlide.Run(
            merge ? "merging" : "finding tissue",
            slides,
            path =>
            {
                using var slide = SlideFile.Open(path, opening);
                if (files.Finished(slide, options, told.Enqueue) is { } finished)
                {
                    Interlocked.Increment(ref skipped);
                    if (Fingerprint.OtherProgram(string.Join('\n', finished.MadeOf!)) is { } version)
                        others.Enqueue(version);
                    return finished;
                }
                if (reasons is not null)
                    throw ShardFailures.Missing(reasons, path);
                using var map = TissueFinder.Find(slide, options);
                return files.Write(slide, map, options);
            }
        );
        foreach (var line in told)
            Console.WriteLine(line);
        if (shard is not null)
            return ShardOption.Ended(folder, shard, (slides.Length, FailedOf(slides, results)));
        files.WriteTable(slides.Zip(results, (slide, result) => (slide, result.Result, result.Failure)));
        foreach (var record in results.Select(r => r.Result).OfType<TissueRecord>().Where(r => r.Reason is not null))
            Console.WriteLine($"{record.Slide}: no tissue: {record.Reason}");
        var failed = results.Count(r => r.Failure is not null);
        string[] versions = [.. others.Distinct().Order(StringComparer.Ordinal)];
        Console.WriteLine(
            $"{folder}: {slides.Length - failed} of {slides.Length} slides, {skipped} of them finished before"
                + (versions.Length > 0 ? $", some by Coverslip {string.Join(", ", versions)}" : "")
        );
        return failed == 0 ? 0 : 1;
    }

    /// <summary>What a slide needs, and memory for as many at a time as there are processors.</summary>
    private static SlideTrial Tried(string path, SlideOptions opening, TissueOptions options, CancellationToken stop)
    {
        var one = SlideTrial.Of(
            (_, _) =>
            {
                using var slide = SlideFile.Open(path, opening with { Noted = null });
                using var map = TissueFinder.Find(slide, options);
            },
            TimeSpan.Zero,
            stop
        );
        return one with { Memory = one.Memory * Environment.ProcessorCount };
    }

    private static IReadOnlyList<FailedFile> FailedOf(
        string[] slides,
        (TissueRecord? Result, string? Failure)[] results
    ) =>
        [
            .. slides
                .Zip(results, (slide, result) => (slide, result.Failure))
                .Where(s => s.Failure is not null)
                .Select(s => new FailedFile(Path.GetFileNameWithoutExtension(s.slide), s.Failure!)),
        ];
}
