using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Metrics;

/// <summary>How a classification is judged.</summary>
public sealed record EvaluationOptions
{
    /// <summary>The positive class of two; by default the one whose name means it, else the second in ordinal order.</summary>
    public string? Positive { get; init; }

    /// <summary>Bootstrap draws, 0 for no intervals. Default 2000.</summary>
    public int Bootstrap { get; init; } = 2000;

    /// <summary>Seed of the bootstrap. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Bins of equal width for the calibration error. Default 10, at least 1.</summary>
    public int Bins { get; init; } = 10;
}

/// <summary>The figures of a classification with their intervals.</summary>
public sealed record ClassificationEvaluation
{
    /// <summary>Images judged.</summary>
    public required int Images { get; init; }

    /// <summary>Patients judged.</summary>
    public required int Patients { get; init; }

    /// <summary>Classes in ordinal order: labels, predictions and probability columns together.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The positive class; null unless there are two classes.</summary>
    public required string? Positive { get; init; }

    /// <summary>Every metric with its interval.</summary>
    public required IReadOnlyDictionary<Metric, Estimate> Figures { get; init; }

    /// <summary>Images by label (row) and prediction (column), in the order of <see cref="Classes"/>.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    /// <summary>The bars of the reliability plot; empty without probabilities.</summary>
    public required IReadOnlyList<ReliabilityBin> Reliability { get; init; }

    /// <summary>How often sets of classes hold the true one; null where the predictions have none.</summary>
    public SetCoverage? Sets { get; private init; }

    /// <summary>Share of images that are unlike what the model learned from; null where the predictions do not say.</summary>
    public Estimate? Unfamiliar { get; private init; }

    /// <summary>The options it was made with.</summary>
    public required EvaluationOptions Options { get; init; }

    /// <summary>Bootstrap draws replaced because a class was missing from them.</summary>
    public required int Redrawn { get; init; }

    /// <summary>
    /// Judges predictions by labels and patients that they carry (see <see cref="Predictions.Within"/>).
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// An image without label or patient, or a class without probability column.
    /// </exception>
    public static ClassificationEvaluation Of(Predictions predictions, EvaluationOptions? options = null)
    {
        options ??= new EvaluationOptions();
        if (predictions.MultiLabel)
            throw new InvalidDataException(
                "the predictions are of findings, of which an image may show several; 'coverslip evaluate findings' judges them"
            );
        if (options.Bins < 1)
            throw new ArgumentException($"{options.Bins} bins asked; at least 1 is needed");
        var sample = new ClassificationSample(predictions, options.Positive, options.Bins);
        var values = sample.Metrics(null)!;
        var draws =
            options.Bootstrap > 0 && sample.Patients.Count > 1
                ? PatientBootstrap.RunTogether(sample.Patients.Count, options.Bootstrap, options.Seed, sample.MetricsOf)
                : null;
        return new ClassificationEvaluation
        {
            Images = predictions.Rows.Count,
            Patients = sample.Patients.Count,
            Classes = sample.Classes,
            Positive = sample.Positive,
            Figures = MetricNames.All.ToDictionary(m => m, m => ToEstimate(m, values[(int)m], draws, sample)),
            Confusion =
            [
                .. sample.Classes.Select(
                    (_, label) =>
                        (IReadOnlyList<int>)
                            [.. sample.Classes.Select((_, decided) => sample.ConfusionOf(label, decided))]
                ),
            ],
            Reliability = sample.Reliability(),
            Sets = SetCoverage.Of(predictions),
            Unfamiliar = UnfamiliarShare.Of(predictions),
            Options = options,
            Redrawn = draws?.Redrawn ?? 0,
        };
    }

    private static Estimate ToEstimate(
        Metric metric,
        double value,
        PatientBootstrap? draws,
        ClassificationSample sample
    )
    {
        if (metric.NeedsProbabilities() && !sample.HasProbabilities)
            return Estimate.Undefined("the predictions have no probability columns p_<class>");
        if (double.IsNaN(value))
            return Estimate.Undefined(
                $"only one class occurs: {sample.Classes[sample.ImagesPerClass.Index().MaxBy(c => c.Item).Index]}"
            );
        if (draws is null)
            return new Estimate(
                value,
                null,
                null,
                sample.Patients.Count > 1 ? "no bootstrap asked for" : "one patient gives no interval"
            );
        return draws.Estimate((int)metric, value, sample.Units(metric));
    }
}
