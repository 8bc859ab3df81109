using System.CommandLine;
using System.Globalization;
using Coverslip.App.Progress;
using Coverslip.Learning.Runs;
using Coverslip.Methods.MultiStage;
using Coverslip.Slides.Formats;

namespace Coverslip.App.Commands;

/// <summary>
/// The part of <c>coverslip predict</c> that is about slides and runs of the multi-stage method: of each slide a map of its
/// patches, a heatmap and an overlay, and <c>slide_scores.csv</c>.
/// </summary>
internal static class PredictMaps
{
    /// <summary>Predicts slides one by one; 1 where one of them failed.</summary>
    internal static int Run(ParseResult parsed, TrainedModel run, string[] slides, string folder)
    {
        PerSlide.CheckNames(slides);
        var (options, tissue) = (SlideArguments.Opening(parsed), SlideArguments.TissueFolder(parsed));
        using var stop = new StopSignal();
        var maps = new SlideMaps(run, folder);
        var outcomes = new List<SlideMapOutcome>();
        foreach (var path in slides)
        {
            var name = Path.GetFileNameWithoutExtension(path);
            try
            {
                using var slide = SlideFile.Open(path, options);
                ProgressLine? line = null;
                try
                {
                    outcomes.Add(
                        maps.Predict(
                            slide,
                            tissue is null ? null : new GivenTissue(tissue.Read(path), tissue.Tissue(path).Rule),
                            (done, all) => (line ??= new ProgressLine(name, all, "patches")).Report(done),
                            stop.Token
                        )
                    );
                }
                finally
                {
                    line?.Dispose();
                }
                Console.WriteLine(Told(outcomes[^1]));
            }
            catch (Exception error)
                when (error
                        is IOException
                            or InvalidDataException
                            or InvalidOperationException
                            or UnauthorizedAccessException
                )
            {
                Console.Error.WriteLine($"error: {name}: {error.Message}");
            }
        }
        Console.WriteLine($"wrote {maps.WriteScores(outcomes)}");
        return outcomes.Count == slides.Length ? 0 : 1;
    }

    private static string Told(SlideMapOutcome outcome)
    {
        var before = outcome.Before ? ", finished before" : "";
        if (outcome.Reason is { } reason)
            return $"{outcome.Name}: no patch: {reason}{before}";
        var beyond =
            outcome.Protruding > 0
                ? $"; {outcome.Protruding} lie beyond the map and have no probability (maps.grow, maps.side)"
                : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{outcome.Name}: probability {outcome.Probability:0.000}, {outcome.Tumor} of {outcome.Patches} patches called tumor{beyond}{before}"
        );
    }
}
