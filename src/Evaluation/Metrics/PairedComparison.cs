using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Metrics;

/// <summary>
/// Two models on the same images: each metric of the first minus that of the second. Both are judged on the same
/// bootstrap draws of patients, so that what is hard for both does not widen the interval.
/// </summary>
/// <param name="Differences">First minus second; an interval without 0 speaks for a difference.</param>
/// <param name="Images">The images compared.</param>
/// <param name="Patients">Their patients.</param>
public sealed record PairedComparison(IReadOnlyDictionary<Metric, Estimate> Differences, int Images, int Patients)
{
    /// <summary>Compares two sets of predictions of the same images.</summary>
    /// <exception cref="InvalidDataException">
    /// Images, labels, patients or classes differ; the message names the first, and the files.
    /// </exception>
    public static PairedComparison Of(Predictions first, Predictions second, EvaluationOptions? options = null)
    {
        options ??= new EvaluationOptions();
        CheckSame(first, second);
        var a = new ClassificationSample(first, options.Positive, options.Bins);
        var b = new ClassificationSample(second, options.Positive, options.Bins);
        static double[]? Difference(double[]? x, double[]? y) =>
            x is null || y is null ? null : [.. x.Zip(y, (left, right) => left - right)];
        var values = Difference(a.Metrics(null), b.Metrics(null))!;
        var draws =
            options.Bootstrap > 0 && a.Patients.Count > 1
                ? PatientBootstrap.RunTogether(
                    a.Patients.Count,
                    options.Bootstrap,
                    options.Seed,
                    draws => [.. a.MetricsOf(draws).Zip(b.MetricsOf(draws), Difference)]
                )
                : null;
        var differences = MetricNames.All.ToDictionary(
            metric => metric,
            metric =>
            {
                var value = values[(int)metric];
                if (double.IsNaN(value))
                    return Estimate.Undefined("not defined for one of the two");
                if (draws is null)
                    return new Estimate(value, null, null, "no bootstrap asked for, or one patient");
                var (low, high) = draws.Interval((int)metric);
                return new Estimate(value, low, high);
            }
        );
        return new PairedComparison(differences, first.Rows.Count, a.Patients.Count);
    }

    private static void CheckSame(Predictions first, Predictions second)
    {
        var (one, other) = (first.Source ?? "the first predictions", second.Source ?? "the second predictions");
        var others = second.Rows.ToDictionary(r => r.Image);
        foreach (var row in first.Rows)
        {
            if (!others.Remove(row.Image, out var same))
                throw new InvalidDataException(
                    $"{row.Image} is in {one} only, not in {other}; both must hold the same images"
                );
            if (same.Label != row.Label || same.Patient != row.Patient)
                throw new InvalidDataException(
                    $"{row.Image} has label {row.Label} of patient {row.Patient} in {one}, label {same.Label} of patient "
                        + $"{same.Patient} in {other}"
                );
        }
        if (others.Count > 0)
            throw new InvalidDataException(
                $"{others.Keys.First()} is in {other} only, not in {one}; both must hold the same images"
            );
        // Figures of two classes are those of the positive one, of more a mean over all: their difference would say nothing.
        if (!first.Named.SequenceEqual(second.Named))
            throw new InvalidDataException(
                $"{one} has the classes {string.Join(", ", first.Named)}, {other} has {string.Join(", ", second.Named)}; figures of other "
                    + "classes are other quantities: compare predictions of the same ones, with a column p_<class> for each"
            );
    }
}
