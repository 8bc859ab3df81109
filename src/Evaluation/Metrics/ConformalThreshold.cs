using System.Text.Json.Serialization;

namespace Coverslip.Evaluation.Metrics;

/// <summary>
/// How improbable a class may be and still stand in an image's set, so that the set of an image of a new patient lacks the
/// true class no more often than promised (split conformal prediction, score 1 − p of the class).
/// </summary>
/// <param name="Error">The promised share of sets that may lack the true class.</param>
/// <param name="Patients">Patients it was calibrated on.</param>
/// <param name="Score">The greatest score of a class that stands in a set; null: of any, since the patients are too few.</param>
/// <remarks>
/// Patients are exchangeable, a patient's images are not: each patient counts once, its n images by 1/n each, and the new
/// patient counts as one that is worse than all (Lee, Barber &amp; Willett 2023, sec. 2.3). With one image to each patient that
/// is the ⌈(n + 1)(1 − α)⌉-th smallest score of n (Vovk et al. 2005). The other choice, a patient's worst image, promises that
/// all images of a patient are right together; of patients with hundreds of patches its sets hold every class.
/// </remarks>
public sealed record ConformalThreshold(double Error, int Patients, double? Score = null)
{
    /// <summary>
    /// Whether the model itself says which classes stand in a set, by models that had each left some of the patients out (CV+);
    /// there is no one score then, and in the worst case the errors are twice those promised.
    /// </summary>
    public bool Crossed { get; init; }

    /// <summary>Whether there are enough patients for sets of less than all classes.</summary>
    [JsonIgnore]
    public bool Keeps => Crossed ? Patients >= FewestPatients(Error) : Score is not null;

    /// <summary>The fewest patients with which sets of less than all classes can keep the promise.</summary>
    public static int FewestPatients(double error) => (int)Math.Ceiling(1 / error - 1 - 1e-9);

    /// <summary>Calibrated on images that the model did not learn from.</summary>
    /// <param name="validated">Predictions of classes with labels and patients; may be none.</param>
    /// <param name="error">Above 0, below 1.</param>
    public static ConformalThreshold Of(Predictions validated, double error)
    {
        var places = validated.Classes.Index().ToDictionary(c => c.Item, c => c.Index, StringComparer.Ordinal);
        var patients = validated.Rows.DistinctBy(r => r.Patient).Count();
        var scores = validated.Rows.Select(r => (r.Patient, 1 - r.Probabilities[places[r.Label]]));
        return new(error, patients, PatientQuantile.Reaching(scores, (1 - error) * (patients + 1)));
    }

    /// <summary>Whether a class of this probability stands in a set.</summary>
    public bool Admits(double probability) => Score is not { } most || 1 - probability <= most;

    /// <summary>Of crossed sets, whether a class stands in one than which those of so many patients are more probable.</summary>
    public bool AdmitsAfter(double patients) => patients < (1 - Error) * (Patients + 1) - 1e-9;

    /// <summary>
    /// The same predictions with sets, each of which also holds the class that was decided for, so that none is empty. Crossed
    /// ones are the predictions' own.
    /// </summary>
    public Predictions On(Predictions predictions) =>
        Union(
            predictions,
            predictions.Rows.Select(row =>
                Crossed ? [.. predictions.Classes.Select(c => row.Set.Contains(c))] : SetOf(row)
            )
        );

    /// <summary>The classes that stand in an image's set, by place, without the one that was decided for.</summary>
    public bool[] SetOf(Prediction row) => [.. row.Probabilities.Select(Admits)];

    /// <summary>Predictions with these sets and the class that was decided for.</summary>
    /// <param name="predictions">Of classes.</param>
    /// <param name="sets">Of each row its classes by place.</param>
    public static Predictions Union(Predictions predictions, IEnumerable<bool[]> sets) =>
        predictions with
        {
            Rows =
            [
                .. predictions.Rows.Zip(
                    sets,
                    (row, set) =>
                        row with
                        {
                            Set = [.. predictions.Classes.Where((name, c) => set[c] || name == row.Predicted)],
                        }
                ),
            ],
        };
}
