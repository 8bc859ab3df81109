using Coverslip.Evaluation.Segmentation;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>
/// <c>figures.json</c> of a part: those of <see cref="SegmentationEvaluation"/> and <c>reconstruction_error</c>, the mean
/// squared error of the fine-tuned network's reconstructions.
/// </summary>
public static class SegmentationFigures
{
    internal const string ReconstructionError = "reconstruction_error";

    internal static IReadOnlyList<string> Keys { get; } = [.. SegmentationEvaluation.Keys, ReconstructionError];

    /// <param name="images">Judged images, or slides with the pixels of their windows.</param>
    /// <param name="errors">Mean squared errors of their reconstructions.</param>
    internal static RunFigures Of(IReadOnlyList<SegmentedImage> images, IReadOnlyList<double> errors) =>
        new(
            [
                .. SegmentationEvaluation.Of(images),
                (
                    ReconstructionError,
                    errors.Count == 0
                        ? Estimate.Undefined("nothing was tested")
                        : new Estimate(errors.Average(), null, null, "not asked for")
                ),
            ],
            [("images", images.Count), ("patients", images.Select(i => i.Patient).Distinct().Count())]
        );

    /// <summary>Finished parts of a run folder, in their order.</summary>
    public static IReadOnlyList<string> Parts(string folder) =>
        [.. RunFolder.PartsOf(folder).Where(p => File.Exists(new RunFolder(p, make: false).Description))];

    /// <summary>
    /// The figures over all parts together, where no image was tested twice; null where parts have to be judged each for
    /// itself.
    /// </summary>
    public static IReadOnlyList<(string Key, Estimate Figure)>? Together(IReadOnlyList<string> parts)
    {
        SegmentedImage[] images =
        [
            .. parts.SelectMany(p => SegmentedImage.Read(Path.Combine(p, SegmentedImage.FileName))),
        ];
        return images.DistinctBy(i => i.Image).Count() == images.Length ? SegmentationEvaluation.Of(images) : null;
    }

    /// <summary>Those of all parts, left in the run's <c>figures.json</c>, or of each part.</summary>
    internal static IReadOnlyList<RunSummary> Summaries(string folder)
    {
        var parts = Parts(folder);
        if (Together(parts) is not { } figures)
            return [.. parts.Select(p => new RunSummary("", RunFigures.Read(p)!.Figures))];
        if (parts.Count > 1)
            new RunFigures(figures, [("parts", parts.Count)]).Write(folder);
        return [new RunSummary("", figures)];
    }
}
