using System.CommandLine;
using Coverslip.App.Cluster;
using Coverslip.App.Progress;
using Coverslip.App.Reports;
using Coverslip.Files;
using Coverslip.Learning.Runs;

namespace Coverslip.App.Commands;

/// <summary>The part of <c>coverslip predict</c> that is about image files of runs that segment.</summary>
internal static class PredictSegments
{
    internal const string Table = "segments.csv";

    private const string NoneNear =
        "No nearest training cases: each pixel is judged by what lies around it, and no image as a whole; masks show what was found.";

    internal static readonly Option<bool> Reconstructions = new("--reconstructions")
    {
        Description = "Runs that segment, and SagaNet's: also write each image as the network reconstructs it.",
    };

    /// <summary>Predicts image files one by one, then slides; 1 where one of them failed.</summary>
    internal static int Run(ParseResult parsed, PredictedFiles files, string folder, int? batch)
    {
        DistinctNames.Check(files.Paths);
        var kinds = files.Paths.ToLookup(file => PredictSlides.Is(parsed, file));
        var (recipe, asked) = ((ISegmentsImages)files.Model.Recipe, PredictSlides.Asked(parsed, batch));
        var opened = new Dictionary<string, IImageSegmentation>(StringComparer.Ordinal);
        IImageSegmentation Images(SeenImage? seen)
        {
            // An image of the run's own cohort is segmented by the parts that did not train on its patient.
            var model = seen is null ? files.Model : files.Model.Only(seen.Parts);
            var key = string.Join(',', model.Parts.Select(p => p.Part));
            return opened.TryGetValue(key, out var known) ? known : opened[key] = recipe.OpenImages(model, asked);
        }
        if (
            kinds[false].FirstOrDefault() is { } image
            && Array.Exists([.. ShardOption.Options, ClusterOptions.Slurm], parsed.CommandResult.Has)
        )
            throw new ArgumentException(
                $"--shard, --merge and --slurm divide slides, and {image} is an image file; leave them out, or give slides alone"
            );
        PredictSlides.RefuseFirst(parsed);
        var failed = false;
        using (var stop = new StopSignal())
        {
            foreach (var path in kinds[false])
            {
                var name = Path.GetFileNameWithoutExtension(path);
                try
                {
                    var seen = files.Seen?[path];
                    var made = Images(seen).Write(path, folder, stop.Token);
                    Console.WriteLine($"{name}: {made.Text}");
                    if (made.Unfamiliar is { } difference)
                        Console.Error.WriteLine(
                            $"warning: {name} looks like nothing that the run was trained on: {difference}; its mask may mean nothing"
                        );
                    if (files.Model.Stage is null)
                        files.Segmented.Add(
                            new SegmentedCase(path, made.Share, made.Mask)
                            {
                                TrainedOn = seen?.TrainedOn ?? "",
                                Unfamiliar = made.Unfamiliar,
                            }
                        );
                }
                catch (Exception error) when (FailedFile.Is(error))
                {
                    failed = true;
                    Console.Error.WriteLine($"error: {name}: {error.Message}");
                }
            }
        }
        string[] slides = [.. kinds[true]];
        if (files.Model.Stage is { } stage && slides.Length > 0)
            throw new InvalidOperationException(
                $"{slides[0]}: {stage} is a run's base model and gives image files back; cut patches of the slide first ('coverslip patches --write')"
            );
        if (slides.Length > 0)
            failed |= PredictSlides.Run(parsed, files, slides, folder, batch) != 0;
        else
            Console.WriteLine($"wrote {folder}");
        if (ShardOption.Of(parsed) is not null || parsed.GetValue(ClusterOptions.Slurm))
            return failed ? 1 : 0;
        Tell(files, folder);
        return failed ? 1 : 0;
    }

    private static void Tell(PredictedFiles files, string folder)
    {
        if (files.Segmented.Count == 0)
            return;
        MergedTable.Write(
            Path.Combine(folder, Table),
            ["image", "foreground_share", "trained_on", "unfamiliar"],
            files.Segmented.Select(c => c.Row),
            row => row[0]
        );
        var cases = new PredictedCases("image", PredictedCases.Ordered(files.Segmented.Select(c => c.Case)), Table)
        {
            Further = ["foreground"],
            Scored = false,
        };
        Console.WriteLine($"wrote {Path.Combine(folder, Table)}");
        Console.WriteLine($"report: {PredictionReport.Write(folder, cases, files.Run, files.Notes, NoneNear)}");
    }
}
