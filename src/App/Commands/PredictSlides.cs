using System.CommandLine;
using System.Globalization;
using Coverslip.App.Progress;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Methods.TumorDetection;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Stain;

namespace Coverslip.App.Commands;

/// <summary>The part of <c>coverslip predict</c> that is about whole slides.</summary>
internal static class PredictSlides
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    internal static readonly Option<double?> Mpp = new("--mpp")
    {
        Description = "Slides: microns per pixel of the run's training images, where the run does not say.",
    };
    internal static readonly Option<int?> Stride = new("--stride")
    {
        Description =
            "Slides: pixels from one window to the next. [default: the run's test.stride, half a window of runs that "
            + "segment; of others 128, or a smaller window's side]",
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
        SlideArguments.CheckMpp(Mpp);
        Threshold.Within(0, 1);
        Radius.Within(0, 1e6);
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
        ];

    /// <summary>Whether slides were given: any scanner's file, any tiled TIFF, or any file with --mpp.</summary>
    internal static bool Are(ParseResult parsed, string[] files) =>
        parsed.GetValue(Mpp) is not null
        || parsed.GetValue(SlideArguments.SlideMpp) is not null
        || files.Any(SlideFile.IsSlide);

    /// <summary>Predicts slides one by one; 1 where one of them failed.</summary>
    internal static int Run(ParseResult parsed, TrainedModel run, string[] slides, string folder, int batch)
    {
        var detection = new DetectionOptions
        {
            Threshold = parsed.GetValue(Threshold),
            RadiusMicrons = parsed.GetValue(Radius),
            Components = parsed.GetValue(Components),
        };
        var model = SlideModel.Of(run, parsed.GetValue(Mpp), !parsed.GetValue(NoOrientations));
        var prediction = new SlidePredictionOptions
        {
            Stride = parsed.GetValue(Stride) ?? StrideOf(run.Recipe, model.Window.Side),
            Batch = batch,
        };
        var tissue = SlideArguments.TissueFolder(parsed);
        var work = new SlideRun(model, prediction, detection, tissue is null ? null : s => tissue.Tissue(s.Path));
        PerSlide.CheckNames(slides);
        var options = SlideArguments.Opening(parsed);
        using var stop = new StopSignal();
        var outcomes = new List<SlideOutcome>();
        var failures = new List<(string Slide, string Reason)>();
        foreach (var path in slides)
        {
            var each = new SlideFiles(folder, Path.GetFileNameWithoutExtension(path));
            try
            {
                outcomes.Add(Predict(work, path, each, options, stop.Token));
                Console.WriteLine(Line(outcomes[^1], model.Positive, run.Description.Threshold));
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

    private static int StrideOf(IRecipe recipe, PixelSize window) =>
        recipe is TumorDetectionRecipe { Test.Stride: var stride }
            ? stride
            : Math.Min(new TestOptions().Stride, Math.Min(window.Width, window.Height));

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

    private static string Line(SlideOutcome outcome, string positive, double? threshold)
    {
        var called = threshold is { } chosen
            ? string.Create(
                Invariant,
                $" ({(outcome.Score >= chosen ? positive : $"not {positive}")}; the run's threshold is {chosen:0.000})"
            )
            : "";
        var found = outcome.Detections == 1 ? "1 detection" : $"{outcome.Detections} detections";
        var rate = outcome.Prediction switch
        {
            null => ", finished before",
            { Predicted: 0 } => "",
            { } made => string.Create(Invariant, $", {made.Predicted / made.Seconds:0.0} patches/s"),
        };
        var text = string.Create(
            Invariant,
            $"{outcome.Name}: probability {outcome.Score:0.000}{called}, {found} on {outcome.TissueCells} patches of tissue{rate}"
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
}
