using System.CommandLine;
using Coverslip.App.Progress;
using Coverslip.Files;
using Coverslip.Learning.Runs;

namespace Coverslip.App.Commands;

/// <summary>The part of <c>coverslip predict</c> that is about image files of runs that segment.</summary>
internal static class PredictSegments
{
    internal static readonly Option<bool> Reconstructions = new("--reconstructions")
    {
        Description = "Runs that segment: also write each image as the network reconstructs it.",
    };

    /// <summary>Predicts image files one by one, then slides; 1 where one of them failed.</summary>
    internal static int Run(ParseResult parsed, TrainedModel run, string[] files, string folder, int? batch)
    {
        DistinctNames.Check(files);
        var kinds = files.ToLookup(file => PredictSlides.Is(parsed, file));
        var images = ((ISegmentsImages)run.Recipe).OpenImages(run, PredictSlides.Asked(parsed, batch));
        var failed = false;
        using (var stop = new StopSignal())
        {
            foreach (var path in kinds[false])
            {
                var name = Path.GetFileNameWithoutExtension(path);
                try
                {
                    Console.WriteLine($"{name}: {images.Write(path, folder, stop.Token)}");
                }
                catch (Exception error) when (FailedFile.Is(error))
                {
                    failed = true;
                    Console.Error.WriteLine($"error: {name}: {error.Message}");
                }
            }
        }
        string[] slides = [.. kinds[true]];
        if (slides.Length > 0)
            return PredictSlides.Run(parsed, run, slides, folder, batch) == 0 && !failed ? 0 : 1;
        Console.WriteLine($"wrote {folder}");
        return failed ? 1 : 0;
    }
}
