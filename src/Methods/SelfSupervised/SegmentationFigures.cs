using Coverslip.Evaluation.Segmentation;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Runs;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>
/// <c>figures.json</c> of a part: those of <see cref="SegmentationEvaluation"/> and <c>reconstruction_error</c>, the mean
/// squared error of the fine-tuned network's reconstructions.
/// </summary>
internal static class SegmentationFigures
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
                        ? Estimate.Undefined("nothing was reconstructed")
                        : new Estimate(errors.Average(), null, null, "not asked for")
                ),
            ],
            [("images", images.Count), ("patients", images.Select(i => i.Patient).Distinct().Count())]
        );
}
