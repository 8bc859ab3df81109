using Coverslip.Files;

namespace Coverslip.Evaluation.Metrics;

/// <summary>How the predictions of a patient's images become one.</summary>
public enum PatientRule
{
    /// <summary>The mean of the probabilities.</summary>
    Mean,

    /// <summary>
    /// Two classes: the highest probability of the positive class. More: the highest of each class, divided by their
    /// sum.
    /// </summary>
    Maximum,

    /// <summary>The share of images predicted as each class.</summary>
    Vote,
}

/// <summary>Makes one prediction per patient out of those of the images.</summary>
public static class PatientAggregation
{
    /// <summary>From which share of votes on, and without a threshold from which probability on, a patient is positive.</summary>
    public const double Half = 0.5;

    /// <summary>What a model had seen of images, the gravest first.</summary>
    private static readonly string[] SeenOrder = ["image", "patient", "name", "held_out"];

    /// <summary>
    /// One row per patient, in ordinal order, whose image is the patient's name. Predicted is the positive class where
    /// its probability is at least <paramref name="threshold"/>, or half of the votes are for it; with more than two classes
    /// the class with the highest figure.
    /// </summary>
    /// <param name="predictions">Predictions with patients; labels may be empty.</param>
    /// <param name="rule">How the images of a patient count.</param>
    /// <param name="positive">The positive class of two; by default as <see cref="ClassMeaning.PositiveOrSecond"/> says.</param>
    /// <param name="threshold">
    /// From which probability on a patient is positive, by mean or maximum. A vote is of images that a threshold has decided
    /// already: a share of them is held against one half.
    /// </param>
    /// <exception cref="InvalidDataException">
    /// A patient with two labels; mean or maximum without probabilities.
    /// </exception>
    public static Predictions Aggregate(
        Predictions predictions,
        PatientRule rule,
        string? positive = null,
        double threshold = Half
    )
    {
        if (rule != PatientRule.Vote && predictions.Classes.Count == 0)
            throw new InvalidDataException(
                predictions.About($"{rule} per patient needs probability columns p_<class>; only vote does without")
            );
        string[] classes =
            predictions.Classes.Count > 0
                ? [.. predictions.Classes.Order(StringComparer.Ordinal)]
                : [.. predictions.Named];
        var place = predictions.Classes.Select(c => Array.IndexOf(classes, c)).ToArray();
        var at = classes.Length == 2 ? Array.IndexOf(classes, positive ?? ClassMeaning.PositiveOrSecond(classes)) : -1;
        if (classes.Length == 2 && at < 0)
            throw new ArgumentException(
                predictions.About($"no class '{positive}'; the classes are {string.Join(", ", classes)}")
            );

        var least = rule == PatientRule.Vote ? Half : threshold;
        var patients = predictions
            .Rows.GroupBy(r => r.Patient)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(images =>
            {
                var labels = images.Select(r => r.Label).Distinct().ToList();
                if (labels.Count > 1)
                    throw new InvalidDataException(
                        predictions.About(
                            $"patient {images.Key} has images of "
                                + $"{string.Join(" and ", labels.Order(StringComparer.Ordinal))}; figures per patient "
                                + "need one label per patient"
                        )
                    );
                var figures = new double[classes.Length];
                for (var c = 0; c < classes.Length; c++)
                {
                    var column = Array.IndexOf(place, c);
                    figures[c] = rule switch
                    {
                        PatientRule.Mean => images.Average(r => r.Probabilities[column]),
                        PatientRule.Maximum => images.Max(r => r.Probabilities[column]),
                        _ => images.Count(r => r.Predicted == classes[c]) / (double)images.Count(),
                    };
                }
                if (rule == PatientRule.Maximum && at >= 0)
                    figures[1 - at] = 1 - figures[at];
                var sum = figures.Sum();
                figures = [.. figures.Select(f => f / sum)];
                var decided =
                    at < 0 ? figures.Index().MaxBy(f => f.Item).Index
                    : figures[at] >= least ? at
                    : 1 - at;
                return new Prediction(images.Key, images.Key, labels[0], classes[decided], figures)
                {
                    TrainedOn = SeenOrder.FirstOrDefault(how => images.Any(r => r.TrainedOn == how)) ?? "",
                };
            });
        return new Predictions(classes, [.. patients]) { Source = predictions.Source };
    }
}
