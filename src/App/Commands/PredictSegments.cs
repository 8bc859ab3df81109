using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Coverslip.App.Progress;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Segmentation;
using Coverslip.Learning.SlideWalk;
using Coverslip.Methods.SelfSupervised;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Tissue;

namespace Coverslip.App.Commands;

/// <summary>
/// The part of <c>coverslip predict</c> that is about runs that segment: of each image or slide a mask, probabilities and
/// outlines, and where asked for a reconstruction.
/// </summary>
internal static class PredictSegments
{
    internal static readonly Option<bool> Reconstructions = new("--reconstructions")
    {
        Description = "Self-supervised: also write each image as the network reconstructs it.",
    };

    /// <summary>What a call asks for.</summary>
    /// <param name="Run">The run.</param>
    /// <param name="Folder">Where to write.</param>
    /// <param name="Options">Windows, resolution; the resolution is 0 where nobody says it.</param>
    private sealed record Work(TrainedModel Run, string Folder, SlideSegmentationOptions Options)
    {
        internal SelfSupervisedRecipe Recipe => (SelfSupervisedRecipe)Run.Recipe;
    }

    /// <summary>Predicts files one by one; 1 where one of them failed.</summary>
    internal static int Run(ParseResult parsed, TrainedModel run, string[] files, string folder, int batch)
    {
        PerSlide.CheckNames(files);
        var recipe = (SelfSupervisedRecipe)run.Recipe;
        var stored = parsed.GetValue(PredictSlides.Mpp) ?? run.Description.Mpp;
        var mpp = recipe.Windows.Mpp > 0 ? recipe.Windows.Mpp : stored / recipe.Windows.Scale ?? 0;
        var options = new SlideSegmentationOptions(
            mpp,
            parsed.GetValue(PredictSlides.Stride),
            batch,
            parsed.GetValue(Reconstructions)
        );
        var (work, failed) = (new Work(run, folder, options), 0);
        using var stop = new StopSignal();
        foreach (var path in files)
        {
            var name = Path.GetFileNameWithoutExtension(path);
            var each = new SegmentationFiles(folder, name);
            try
            {
                var said =
                    parsed.GetValue(PredictSlides.Mpp) is not null || SlideFile.IsSlide(path)
                        ? Slide(parsed, work, path, each, stop.Token)
                        : Told(each.WriteImage(run, path, options, stop.Token), "the image");
                Console.WriteLine($"{name}: {said}");
            }
            catch (Exception error)
                when (error
                        is IOException
                            or InvalidDataException
                            or InvalidOperationException
                            or UnauthorizedAccessException
                            or ArgumentException
                )
            {
                failed++;
                Console.Error.WriteLine($"error: {name}: {error.Message}");
            }
        }
        Console.WriteLine($"wrote {folder}");
        return failed == 0 ? 0 : 1;
    }

    private static string Slide(
        ParseResult parsed,
        Work work,
        string path,
        SegmentationFiles files,
        CancellationToken stop
    )
    {
        if (work.Options.Mpp == 0)
            throw new ArgumentException(
                "the run's images said no resolution; pass --mpp with the microns per pixel of its training images"
            );
        using var slide = SlideFile.Open(path, SlideArguments.Opening(parsed));
        var tissue = SlideArguments.TissueFolder(parsed)?.Tissue(path) ?? SlideTissue.Of(slide, new TissueOptions());
        var segmentation = new SlideSegmentation(work.Run, work.Options);
        var key = segmentation.Key(slide, tissue);
        var finished = SlideRecord.Finished(files.Record, key) is not null;
        if (finished && (!work.Options.Reconstruct || File.Exists(files.ReconstructedSlide)))
            return "finished before";
        var state = new HeatmapState(files.State, key);
        ProgressLine? line = null;
        try
        {
            var found = segmentation.Predict(
                slide,
                tissue,
                state,
                (done, all) => (line ??= new ProgressLine(files.Name, all, "windows")).Report(done),
                stop
            );
            var share = files.WriteSlide(found, work.Recipe.Foreground);
            WholeFile.Write(
                files.Record,
                JsonSerializer.Serialize(
                    new
                    {
                        key,
                        foreground = work.Recipe.Foreground,
                        foreground_share = share,
                        columns = found.Grid.Columns,
                        rows = found.Grid.Rows,
                        cell_width_level0 = found.Grid.CellWidth,
                        cell_height_level0 = found.Grid.CellHeight,
                        read_at_mpp = work.Options.Mpp,
                        tissue_rule = tissue.Rule,
                        tumor_classes = work.Recipe.Windows.Classes.Tumor,
                        normal_classes = work.Recipe.Windows.Classes.Normal,
                    },
                    new JsonSerializerOptions { WriteIndented = true }
                ) + "\n"
            );
            state.Remove();
            return tissue.Reason is { } reason ? $"no tissue: {reason}" : Told(share, "the tissue");
        }
        finally
        {
            line?.Dispose();
        }
    }

    private static string Told(double share, string of) =>
        string.Create(CultureInfo.InvariantCulture, $"{share:0.0 %} of {of} called foreground");
}
