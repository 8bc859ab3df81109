using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Masks;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.Studies;

/// <summary>What a row's finished parts are, and what they took, beside their figures.</summary>
public sealed record StudyRowFacts
{
    private const double SameProbability = 1e-6;

    /// <summary>Numbers in weights; null before a part is finished.</summary>
    public long? Parameters { get; init; }

    /// <summary>
    /// Share of training images that are called right, or of five hundred of more, on average over the parts; null of
    /// methods that tell no classes of images, and of runs of before.
    /// </summary>
    public double? TrainingAccuracy { get; init; }

    /// <summary>
    /// Parts whose model calls every test image the same, or gives all the same probabilities; null where none has
    /// predictions of more than one image.
    /// </summary>
    public int? Constant { get; init; }

    /// <summary>Epochs of training on average over the parts; of several stages the last one's.</summary>
    public double? Epochs { get; init; }

    /// <summary>
    /// Processor time of a part's training and validation in seconds, of all rates that were tried, on average; null of runs
    /// of before.
    /// </summary>
    public double? ProcessorSeconds { get; init; }

    /// <summary>Steps of the optimizer on average over the parts, of all stages; null where a part does not say.</summary>
    public double? Steps { get; init; }

    /// <summary>Seconds of training per epoch, validation included, on average over the parts.</summary>
    public double? SecondsPerEpoch { get; init; }

    /// <summary>Largest resident memory of a part's process in MiB.</summary>
    public double? PeakMemory { get; init; }

    /// <summary>What the masks of its input leave of the images; null of input without masks, and before they are made.</summary>
    public MaskSummary? Masks { get; init; }

    /// <param name="finished">A folder of each finished part.</param>
    /// <param name="tried">All trainings of these parts, of which the former were chosen: their time is the budget.</param>
    internal static StudyRowFacts Of(IReadOnlyList<RunFolder> finished, IReadOnlyList<RunFolder> tried)
    {
        RunDescription[] done = [.. finished.Select(f => RunDescription.Read(f.Description))];
        if (done.Length == 0)
            return new StudyRowFacts();
        Predictions[] said =
        [
            .. finished
                .Where(f => File.Exists(f.Predictions))
                .Select(f => Predictions.Read(f.Predictions))
                .Where(p => p.Rows.Count > 1),
        ];
        return new StudyRowFacts
        {
            Parameters = done[0].Parameters,
            TrainingAccuracy = done.Average(d => d.TrainingAccuracy),
            Constant = said.Length == 0 ? null : said.Count(IsConstant),
            Epochs = done.Average(d => d.Epochs),
            ProcessorSeconds = tried.Sum(t => RunDescription.Read(t.Description).ProcessorSeconds) / done.Length,
            Steps = done.All(d => d.Steps is not null) ? done.Average(d => d.Steps) : null,
            SecondsPerEpoch = done.Average(d => d.TrainingSeconds / Math.Max(d.Epochs, 1)),
            PeakMemory = done.Max(d => d.PeakMemory),
        };
    }

    private static bool IsConstant(Predictions predictions) =>
        predictions.Rows.All(r => r.Predicted == predictions.Rows[0].Predicted)
        || Enumerable
            .Range(0, predictions.Classes.Count)
            .All(c =>
            {
                var of = predictions.Rows.Select(r => r.Probabilities[c]).ToArray();
                var mean = of.Average();
                return Math.Sqrt(of.Average(p => (p - mean) * (p - mean))) < SameProbability;
            });
}
