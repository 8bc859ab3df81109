using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Coverslip.App.Progress;
using Coverslip.Methods.Training;
using Coverslip.Methods.TumorDetection;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Stain;
using Resolution = Coverslip.Slides.Geometry.Mpp;

namespace Coverslip.App.Commands;

/// <summary>The part of <c>coverslip predict</c> that is about whole slides.</summary>
internal static class PredictSlides
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    private static readonly Option<double?> Mpp = new("--mpp")
    {
        Description = "Slides: microns per pixel of the run's training images, where the run does not say.",
    };
    private static readonly Option<double?> SlideMpp = new("--slide-mpp")
    {
        Description = "Slides: microns per pixel of their finest level, over what the files say.",
    };
    private static readonly Option<int> Stride = new("--stride")
    {
        Description = "Slides: pixels from one window to the next.",
        DefaultValueFactory = _ => 128,
    };
    private static readonly Option<double> Threshold = new("--threshold")
    {
        Description = "Slides: what is above it is detected.",
        DefaultValueFactory = _ => 0.5,
    };
    private static readonly Option<double> Radius = new("--radius-microns")
    {
        Description = "Slides: microns around a detection in which there is no second one.",
        DefaultValueFactory = _ => 200,
    };
    private static readonly Option<bool> Components = new("--components")
    {
        Description = "Slides: one detection per connected component, instead of repeated maxima.",
    };
    private static readonly Option<bool> NoOrientations = new("--no-orientations")
    {
        Description = "Slides: see each window once, not in its eight orientations: an eighth of the time.",
    };

    static PredictSlides()
    {
        Mpp.Validators.Add(SlideArguments.CheckMpp);
        SlideMpp.Validators.Add(SlideArguments.CheckMpp);
        Threshold.Validators.Add(result => Within(result, 1));
        Radius.Validators.Add(result => Within(result, 1e6));
    }

    internal static IReadOnlyList<Option> Options =>
        [Mpp, SlideMpp, Stride, Threshold, Radius, Components, NoOrientations];

    /// <summary>Whether slides were given: any scanner's file, any tiled TIFF, or any file with --mpp.</summary>
    internal static bool Are(ParseResult parsed, string[] files) =>
        parsed.GetValue(Mpp) is not null || parsed.GetValue(SlideMpp) is not null || files.Any(SlideFile.IsSlide);

    /// <summary>Predicts slides one by one; 1 where one of them failed.</summary>
    internal static int Run(ParseResult parsed, TrainedModel run, string[] slides, string folder, int batch)
    {
        var detection = new DetectionOptions
        {
            Threshold = parsed.GetValue(Threshold),
            RadiusMicrons = parsed.GetValue(Radius),
            Components = parsed.GetValue(Components),
        };
        var prediction = new SlidePredictionOptions { Stride = parsed.GetValue(Stride), Batch = batch };
        var model = SlideModel.Of(run, parsed.GetValue(Mpp), !parsed.GetValue(NoOrientations));
        var work = new SlideRun(model, prediction, detection);
        var files = FilesOf(slides, folder);
        var options = new SlideOptions { Mpp = parsed.GetValue(SlideMpp) is { } mpp ? Resolution.Of(mpp) : null };
        using var stop = new StopSignal();
        var outcomes = new List<SlideOutcome>();
        var failures = new List<(string Slide, string Reason)>();
        foreach (var (path, each) in slides.Zip(files))
        {
            try
            {
                outcomes.Add(Predict(work, path, each, options, stop.Token));
                Console.WriteLine(Line(outcomes[^1]));
            }
            catch (Exception error)
                when (error
                        is IOException
                            or InvalidDataException
                            or InvalidOperationException
                            or UnauthorizedAccessException
                            or StainException
                )
            {
                failures.Add((each.Name, error.Message));
                Console.Error.WriteLine($"error: {error.Message}");
            }
        }
        var summary = new SlideSummary(outcomes, failures, work.Rates, detection);
        summary.Write(folder);
        Tell(summary, folder);
        return failures.Count == 0 ? 0 : 1;
    }

    private static SlideOutcome Predict(
        SlideRun work,
        string path,
        SlideFiles files,
        SlideOptions options,
        CancellationToken stop
    )
    {
        using var slide = SlideFile.Open(path, options);
        ProgressLine? line = null;
        var first = 0;
        try
        {
            return work.Predict(
                slide,
                files,
                (done, total) =>
                {
                    // Windows of an earlier call took this one no time: rate and time left count from here.
                    if (line is null)
                        (line, first) = (new ProgressLine(files.Name, total - done, "patches"), done);
                    line.Report(done - first);
                },
                stop
            );
        }
        finally
        {
            line?.Dispose();
        }
    }

    private static SlideFiles[] FilesOf(string[] slides, string folder)
    {
        SlideFiles[] files = [.. slides.Select(s => new SlideFiles(folder, Path.GetFileNameWithoutExtension(s)))];
        var twice = files.GroupBy(f => f.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1);
        return twice is null
            ? files
            : throw new InvalidDataException(
                $"{twice.Count()} slides are named {twice.Key}; their results would replace each other: predict them into "
                    + "folders of their own"
            );
    }

    private static string Line(SlideOutcome outcome)
    {
        var found = outcome.Detections == 1 ? "1 detection" : $"{outcome.Detections} detections";
        var rate = outcome.Prediction switch
        {
            null => ", finished before",
            { Predicted: 0 } => "",
            { } made => string.Create(Invariant, $", {made.Predicted / made.Seconds:0.0} patches/s"),
        };
        var text = string.Create(
            Invariant,
            $"{outcome.Name}: probability {outcome.Score:0.000}, {found} on {outcome.TissueCells} patches of tissue{rate}"
        );
        var kept = outcome.Prediction is { StainsKept: > 0 and var n }
            ? $"; {n} patches whose stain could not be measured were used as they are"
            : "";
        return outcome.Empty is { } why ? $"{text}: {why}" : text + kept;
    }

    private static void Tell(SlideSummary summary, string folder)
    {
        if (summary is { WindowsPerSecond: { } all, Rates: { } rates })
            Console.WriteLine(
                string.Create(
                    Invariant,
                    $"{all:0.0} patches/s; reading alone {rates.Reading:0.0}, the network alone {rates.Network:0.0}"
                )
            );
        if (summary.Failures.Count > 0)
            Console.Error.WriteLine(
                $"{summary.Failures.Count} of {summary.Failures.Count + summary.Outcomes.Count} slides failed"
            );
        Console.WriteLine($"wrote {Path.Combine(folder, "slide_scores.csv")}");
    }

    private static void Within(OptionResult result, double most)
    {
        if (result.Tokens is not [var word] || !double.TryParse(word.Value, Invariant, out var value))
            return;
        if (value is not (>= 0) || value > most)
            result.AddError($"{result.Option.Name} is {word.Value}; it goes from 0 to {most}");
    }
}
