using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Metrics;

/// <summary>How well one finding is told.</summary>
/// <param name="Finding">Its name.</param>
/// <param name="Images">Images that show it.</param>
/// <param name="Patients">Patients who have such an image.</param>
/// <param name="Auc">Area under the ROC curve, images with it against all others.</param>
/// <param name="Sensitivity">Share of the images that show it for which it was decided.</param>
/// <param name="Specificity">Share of the others for which it was not.</param>
public sealed record FindingFigures(
    string Finding,
    int Images,
    int Patients,
    Estimate Auc,
    Estimate Sensitivity,
    Estimate Specificity
);

/// <summary>The figures of all findings, each with a 95 % interval of the bootstrap over patients.</summary>
public sealed record FindingEvaluation
{
    public required int Images { get; init; }

    public required int Patients { get; init; }

    /// <summary>One per finding, in the order of the probability columns.</summary>
    public required IReadOnlyList<FindingFigures> Findings { get; init; }

    /// <summary>Mean of the AUCs of the findings that have one.</summary>
    public required Estimate MeanAuc { get; init; }

    /// <summary>Mean of the sensitivities of the same findings.</summary>
    public required Estimate MeanSensitivity { get; init; }

    /// <summary>Mean of the specificities of the same findings.</summary>
    public required Estimate MeanSpecificity { get; init; }

    /// <summary>Judges predictions by the labels and patients that they carry.</summary>
    /// <exception cref="InvalidDataException">
    /// Predictions of classes, without probabilities, of an image whose findings or whose patient are not known, or with a
    /// label that has no probability.
    /// </exception>
    public static FindingEvaluation Of(Predictions predictions, EvaluationOptions? options = null) =>
        Of([predictions], options);

    /// <summary>
    /// The same of several models that tested the same patients, or some of them, such as those of other seeds: each figure is
    /// the mean over the models, and a draw of patients is one for all of them.
    /// </summary>
    /// <inheritdoc cref="Of(Predictions, EvaluationOptions)"/>
    public static FindingEvaluation Of(IReadOnlyList<Predictions> models, EvaluationOptions? options = null)
    {
        options ??= new EvaluationOptions();
        foreach (var predictions in models)
            Check(predictions);
        var sample = new FindingSample(models, options);
        FindingFigures[] findings = [.. models[0].Classes.Select(sample.Judge)];
        var means = sample.Means([.. findings.Index().Where(f => f.Item.Auc.Value is not null).Select(f => f.Index)]);
        return new FindingEvaluation
        {
            Images = sample.Images,
            Patients = sample.Patients,
            Findings = findings,
            MeanAuc = means[0],
            MeanSensitivity = means[1],
            MeanSpecificity = means[2],
        };
    }

    private static void Check(Predictions predictions)
    {
        if (!predictions.MultiLabel || predictions.Classes.Count == 0)
            throw new InvalidDataException(
                predictions.About(
                    predictions.MultiLabel
                        ? "the predictions have no probability columns p_<finding>"
                        : "the predictions are of classes (column 'label'), not of findings ('labels'); 'coverslip evaluate classification' judges them"
                )
            );
        foreach (var row in predictions.Rows)
        {
            if (row.Patient.Length == 0)
                throw new InvalidDataException(
                    predictions.About($"{row.Image} has no patient; intervals are over patients")
                );
            if (row.Label == Predictions.Unknown)
                throw new InvalidDataException(
                    predictions.About($"{row.Image} has no known labels; figures need the truth (--cohort)")
                );
            if (CohortFile.Split(row.Label).Except(predictions.Classes).FirstOrDefault() is { } without)
                throw new InvalidDataException(
                    predictions.About(
                        $"{row.Image} is labeled '{without}', which has no column p_{without}; the file has: {string.Join(", ", predictions.Classes)}"
                    )
                );
        }
    }
}
