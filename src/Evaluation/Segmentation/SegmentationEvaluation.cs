using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Segmentation;

/// <summary>
/// Figures of a segmentation over all pixels of all images together, called foreground from a probability of 0.5 on, each
/// with its 95 % interval by drawing patients. Dice is that of each image, averaged over the images.
/// </summary>
public static class SegmentationEvaluation
{
    public const string Precision = "pixel_precision";
    public const string Recall = "pixel_recall";
    public const string F1 = "pixel_f1";
    public const string Iou = "pixel_iou";
    public const string AveragePrecision = "pixel_average_precision";

    /// <summary>Mean over images of 2 TP / (2 TP + FP + FN); 1 where truth and calls are both empty.</summary>
    public const string Dice = "image_dice";

    private const int DrawsByDefault = 1000;

    /// <summary>Keys of the figures, in their order.</summary>
    public static IReadOnlyList<string> Keys { get; } = [Precision, Recall, F1, Dice, Iou, AveragePrecision];

    /// <summary>The figures by <see cref="Keys"/>.</summary>
    /// <param name="images">Judged images; one name may stand once.</param>
    /// <param name="draws">Of the bootstrap; 0 for no intervals.</param>
    /// <param name="seed">Of the bootstrap.</param>
    public static IReadOnlyList<(string Key, Estimate Figure)> Of(
        IReadOnlyList<SegmentedImage> images,
        int draws = DrawsByDefault,
        long seed = 1
    )
    {
        if (images.Count == 0)
            return [.. Keys.Select(key => (key, Estimate.Undefined("no image was tested")))];
        var patients = images.GroupBy(i => i.Patient, StringComparer.Ordinal).Select(Patient.Of).ToArray();
        var whole = Figures(patients, [.. patients.Select(_ => 1)]);
        var (bootstrap, reason) = Drawn(patients, whole, draws, seed);
        return
        [
            .. Keys.Select(
                (key, i) =>
                    (
                        key,
                        !double.IsFinite(whole[i])
                            ? Estimate.Undefined(Undefined(key))
                            : bootstrap?.Estimate(i, whole[i], null) ?? new Estimate(whole[i], null, null, reason)
                    )
            ),
        ];
    }

    private static string Undefined(string key) =>
        key == Precision ? "no pixel was called foreground" : "no tested pixel is foreground";

    private static (PatientBootstrap? Draws, string? Reason) Drawn(
        Patient[] patients,
        double[] whole,
        int draws,
        long seed
    )
    {
        if (draws == 0)
            return (null, "not asked for");
        if (patients.Length < 2)
            return (null, "one patient");
        if (!whole.All(double.IsFinite))
            return (null, "a figure beside it is not defined");
        try
        {
            return (
                PatientBootstrap.Run(
                    patients.Length,
                    draws,
                    seed,
                    weights => Figures(patients, weights) is var drawn && drawn.All(double.IsFinite) ? drawn : null
                ),
                null
            );
        }
        catch (InvalidDataException error)
        {
            return (null, error.Message);
        }
    }

    private static double[] Figures(Patient[] patients, int[] weights)
    {
        var pixels = new PixelHistogram();
        var (dice, images) = (0.0, 0L);
        foreach (var (patient, weight) in patients.Zip(weights))
        {
            if (weight == 0)
                continue;
            pixels.Add(patient.Pixels, weight);
            dice += weight * patient.DiceSum;
            images += weight * patient.Images;
        }
        var counts = pixels.At();
        return [counts.Precision, counts.Recall, counts.F1, dice / images, counts.Iou, pixels.AveragePrecision()];
    }

    private sealed record Patient(PixelHistogram Pixels, double DiceSum, int Images)
    {
        internal static Patient Of(IEnumerable<SegmentedImage> images)
        {
            var (all, dice, count) = (new PixelHistogram(), 0.0, 0);
            foreach (var image in images)
            {
                all.Add(image.Pixels);
                var own = image.Pixels.At().F1;
                dice += double.IsNaN(own) ? 1 : own;
                count++;
            }
            return new Patient(all, dice, count);
        }
    }
}
