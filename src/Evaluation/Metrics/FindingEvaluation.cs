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

    /// <summary>Judges predictions by the labels and patients that they carry.</summary>
    /// <exception cref="InvalidDataException">
    /// Predictions of classes, without probabilities, of an image whose findings or whose patient are not known, or with a
    /// label that has no probability.
    /// </exception>
    public static FindingEvaluation Of(Predictions predictions, EvaluationOptions? options = null)
    {
        options ??= new EvaluationOptions();
        Check(predictions);
        var sample = new Sample(predictions);
        var judged = predictions.Classes.Select((name, c) => (Name: name, Truth: new FindingTruth(predictions, c)));
        var findings = judged.Select(j => sample.Judge(j.Name, j.Truth, options)).ToArray();
        return new FindingEvaluation
        {
            Images = predictions.Rows.Count,
            Patients = sample.Patients,
            Findings = findings,
            MeanAuc = sample.Mean(predictions, findings, options),
        };
    }

    private static void Check(Predictions predictions)
    {
        if (!predictions.MultiLabel || predictions.Classes.Count == 0)
            throw new InvalidDataException(
                predictions.MultiLabel
                    ? "the predictions have no probability columns p_<finding>"
                    : "the predictions are of classes (column 'label'), not of findings ('labels'); 'coverslip evaluate classification' judges them"
            );
        foreach (var row in predictions.Rows)
        {
            if (row.Patient.Length == 0)
                throw new InvalidDataException($"{row.Image} has no patient; intervals are over patients");
            if (row.Label == Predictions.Unknown)
                throw new InvalidDataException($"{row.Image} has no known labels; figures need the truth (--cohort)");
            if (FindingTruth.Split(row.Label).Except(predictions.Classes).FirstOrDefault() is { } without)
                throw new InvalidDataException(
                    $"{row.Image} is labeled '{without}', which has no column p_{without}; the file has: {string.Join(", ", predictions.Classes)}"
                );
        }
    }

    /// <summary>Images by patient, so that a draw of patients weighs images.</summary>
    private sealed class Sample
    {
        private readonly int[] patientOf;

        internal Sample(Predictions predictions)
        {
            var index = predictions
                .Rows.Select(r => r.Patient)
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Index()
                .ToDictionary(p => p.Item, p => p.Index);
            patientOf = [.. predictions.Rows.Select(r => index[r.Patient])];
            Patients = index.Count;
        }

        internal int Patients { get; }

        internal FindingFigures Judge(string name, FindingTruth truth, EvaluationOptions options)
        {
            var values = truth.Figures(null);
            var patients = patientOf.Where((_, i) => truth.Shows[i]).Distinct().Count();
            var others = patientOf.Where((_, i) => !truth.Shows[i]).Distinct().Count();
            var draws = values is null ? null : Draw(options, weights => truth.Figures(Weights(weights)));
            Estimate Of(int figure) =>
                values is null
                    ? Estimate.Undefined(truth.Positives == 0 ? "no image shows it" : "every image shows it")
                    : Figure(
                        values[figure],
                        draws,
                        figure,
                        figure switch
                        {
                            0 => Math.Min(patients, others),
                            1 => patients,
                            _ => others,
                        }
                    );
            return new FindingFigures(name, truth.Positives, patients, Of(0), Of(1), Of(2));
        }

        internal Estimate Mean(Predictions predictions, FindingFigures[] findings, EvaluationOptions options)
        {
            FindingTruth[] defined =
            [
                .. findings
                    .Index()
                    .Where(f => f.Item.Auc.Value is not null)
                    .Select(f => new FindingTruth(predictions, f.Index)),
            ];
            if (defined.Length == 0)
                return Estimate.Undefined("no finding has an AUC");
            double[]? MeanOf(int[]? weights)
            {
                var areas = defined.Select(d => d.Auc(weights)).ToArray();
                return areas.Any(double.IsNaN) ? null : [areas.Average()];
            }
            return Figure(MeanOf(null)![0], Draw(options, weights => MeanOf(Weights(weights))), 0, null);
        }

        private PatientBootstrap? Draw(EvaluationOptions options, Func<int[], double[]?> statistics) =>
            options.Bootstrap > 0 && Patients > 1
                ? PatientBootstrap.Run(Patients, options.Bootstrap, options.Seed, statistics)
                : null;

        private int[] Weights(int[] patients) => [.. patientOf.Select(p => patients[p])];

        private Estimate Figure(double value, PatientBootstrap? draws, int index, int? units)
        {
            if (draws is null)
                return new(
                    value,
                    null,
                    null,
                    Patients > 1 ? "no bootstrap asked for" : "one patient gives no interval"
                );
            return draws.Estimate(index, value, units);
        }
    }
}
