using System.CommandLine;
using System.Globalization;
using Coverslip.App.Progress;
using Coverslip.Evaluation;
using Coverslip.Methods.MultiStage;
using Coverslip.Methods.Training;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

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
        var (lines, failed) = (new List<string>(), 0);
        foreach (var path in slides)
        {
            var name = Path.GetFileNameWithoutExtension(path);
            try
            {
                using var slide = SlideFile.Open(path, options);
                ProgressLine? line = null;
                NewSlidePrediction found;
                try
                {
                    found = NewSlide.Predict(
                        run,
                        slide,
                        tissue?.Read(path),
                        (done, all) => (line ??= new ProgressLine(name, all, "patches")).Report(done),
                        stop.Token
                    );
                }
                finally
                {
                    line?.Dispose();
                }
                Write(slide, found, folder, name);
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{name},{found.Heatmap.Score:R}\n"));
                Console.WriteLine(Told(name, found));
            }
            catch (Exception error)
                when (error
                        is IOException
                            or InvalidDataException
                            or InvalidOperationException
                            or UnauthorizedAccessException
                )
            {
                failed++;
                Console.Error.WriteLine($"error: {name}: {error.Message}");
            }
        }
        var scores = Path.Combine(folder, "slide_scores.csv");
        WholeFile.Write(scores, "slide,probability\n" + string.Concat(lines));
        Console.WriteLine($"wrote {scores}");
        return failed == 0 ? 0 : 1;
    }

    private static void Write(Slide slide, NewSlidePrediction found, string folder, string name)
    {
        string At(string ending) => Path.Combine(folder, $"{name}-{ending}");
        found.Heatmap.Write(At("heatmap.npy"));
        HeatmapPictures.WritePyramid(At("heatmap.tif"), found.Heatmap);
        HeatmapPictures.WriteOverlay(At("overlay.png"), slide, found.Heatmap);
        if (found.Patches.Count == 0)
            return;
        using var map = PredictionMap.Predicted(found.Patches);
        ImageFile.Write(At("map.png"), map);
    }

    private static string Told(string name, NewSlidePrediction found) =>
        found.Reason is { } reason
            ? $"{name}: no patch: {reason}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: probability {found.Heatmap.Score:0.000}, {found.Patches.Count(p => p.Positive)} of {found.Patches.Count} patches called tumour{(found.Protruding > 0 ? $"; {found.Protruding} lie beyond the map and have no probability (maps.grow, maps.side)" : "")}"
            );
}
