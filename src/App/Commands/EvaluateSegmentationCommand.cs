using System.CommandLine;
using System.Text.Json;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Segmentation;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Reports;
using Coverslip.Learning.Segmentation;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip evaluate segmentation</c>: figures of pixels.</summary>
internal static class EvaluateSegmentationCommand
{
    private static readonly Argument<string[]> Sources = new("predictions")
    {
        Description =
            "pixels.csv of runs or of their parts; or a folder that 'coverslip predict' wrote, with --cohort.",
        Arity = ArgumentArity.OneOrMore,
    };
    private static readonly Option<string?> CohortFile = new("--cohort")
    {
        Description = "The cohort whose column mask is the truth of predicted images, and annotation that of slides.",
    };
    private static readonly EvaluationOptionSet Common = new();

    public static Command Create()
    {
        var command = new Command(
            "segmentation",
            """
            Judge masks pixel by pixel: precision, recall, F1, IoU and average precision over all pixels, Dice of each image
            averaged; 95 % intervals by drawing patients. Of a slide, cells of its map are judged. Foreground is what has a
            probability of at least 0.5.

            Examples:
              coverslip evaluate segmentation runs/masks/part-*/pixels.csv
              coverslip evaluate segmentation predicted --cohort cohort.csv --json
              coverslip evaluate segmentation predicted --cohort slides/cohort.csv
            """
        )
        {
            Sources,
            CohortFile,
        };
        Common.AddTo(command, slides: false);
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var sources = parsed.GetValue(Sources)!;
        SegmentedImage[] images =
        [
            .. sources.SelectMany(source =>
                Directory.Exists(source) ? Judged(source, parsed.GetValue(CohortFile)) : SegmentedImage.Read(source)
            ),
        ];
        if (images.CountBy(i => i.Image).FirstOrDefault(c => c.Value > 1) is { Key: { } twice })
            throw new InvalidDataException(
                $"{twice} was tested more than once; judge parts whose test patients overlap one at a time"
            );
        var figures = SegmentationEvaluation.Of(images, Common.Bootstrap(parsed), Common.Seed(parsed));
        if (Common.Json(parsed))
            Console.WriteLine(Json(images, figures));
        else
        {
            Console.WriteLine($"{images.Length} images of {images.Select(i => i.Patient).Distinct().Count()} patients");
            foreach (var (key, figure) in figures)
                Console.WriteLine($"{key.Replace('_', '-')}  {FigureText.WithInterval(figure)}");
        }
        return 0;
    }

    /// <summary>The predicted images of a cohort; those that were not predicted are named.</summary>
    private static IEnumerable<SegmentedImage> Judged(string folder, string? file)
    {
        if (file is null)
            throw new ArgumentException($"{folder} is a folder of predictions; --cohort says what is true");
        var cohort = FolderCohort.Load(file);
        var without = cohort.Rows.Where(r => !File.Exists(FilesOf(folder, r).Array)).ToArray();
        if (without.Length == cohort.Rows.Count)
            throw new InvalidDataException(
                $"{folder} has probabilities of none of the {without.Length} images of {file} (such as {Path.GetFileName(FilesOf(folder, without[0]).Array)})"
            );
        foreach (var row in without)
            Console.Error.WriteLine($"row {row.Number}: {row.Image} has not been predicted");
        SeenTable.Warn(Path.Combine(folder, PredictSegments.Table));
        foreach (var shared in CohortMask.Shared(cohort))
            Console.Error.WriteLine($"warning: {file}: {shared}");
        return cohort.Rows.Except(without).Select(r => FilesOf(folder, r).Judge(cohort, r));
    }

    private static SegmentationFiles FilesOf(string folder, CohortRow row) =>
        new(folder, Path.GetFileNameWithoutExtension(row.Image));

    private static string Json(
        IReadOnlyList<SegmentedImage> images,
        IReadOnlyList<(string Key, Estimate Figure)> figures
    )
    {
        var all = new OrderedDictionary<string, object>
        {
            ["images"] = images.Count,
            ["patients"] = images.Select(i => i.Patient).Distinct().Count(),
        };
        foreach (var (key, figure) in figures)
            all[key] = figure;
        return JsonSerializer.Serialize(all, FiguresJson.Default.OrderedDictionaryStringObject);
    }
}
