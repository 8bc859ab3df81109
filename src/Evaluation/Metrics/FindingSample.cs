using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Metrics;

/// <summary>Images of one or several models' tests by patient, so that a draw of patients weighs images.</summary>
internal sealed class FindingSample
{
    private readonly IReadOnlyList<Predictions> models;
    private readonly EvaluationOptions options;
    private readonly int[][] patientOf; // of each model's rows

    internal FindingSample(IReadOnlyList<Predictions> models, EvaluationOptions options)
    {
        (this.models, this.options) = (models, options);
        var index = models
            .SelectMany(m => m.Rows)
            .Select(r => r.Patient)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Index()
            .ToDictionary(p => p.Item, p => p.Index);
        patientOf = [.. models.Select(m => m.Rows.Select(r => index[r.Patient]).ToArray())];
        Patients = index.Count;
    }

    internal int Patients { get; }

    internal int Images => Distinct((_, _) => true);

    internal FindingFigures Judge(string name, int finding)
    {
        FindingTruth[] truths = [.. models.Select(m => new FindingTruth(m, finding))];
        var values = Mean(truths, null);
        var draws = values is null ? null : Draw(patients => Mean(truths, patients));
        var (shown, patients, others) = (
            Distinct((m, i) => truths[m].Shows[i]),
            PatientsOf((m, i) => truths[m].Shows[i]),
            PatientsOf((m, i) => !truths[m].Shows[i])
        );
        int[] units = [Math.Min(patients, others), patients, others];
        Estimate Of(int figure) =>
            values is null
                ? Estimate.Undefined(shown == 0 ? "no image shows it" : "every image shows it")
                : Figure(values[figure], draws, figure, units[figure]);
        return new FindingFigures(name, shown, patients, Of(0), Of(1), Of(2));
    }

    /// <summary>Means of AUC, sensitivity and specificity over findings, all of which have them.</summary>
    internal Estimate[] Means(IReadOnlyList<int> findings)
    {
        if (findings.Count == 0)
            return [.. Enumerable.Repeat(Estimate.Undefined("no finding has an AUC"), 3)];
        FindingTruth[][] truths = [.. findings.Select(f => models.Select(m => new FindingTruth(m, f)).ToArray())];
        double[]? MeansOf(int[]? patients)
        {
            var each = truths.Select(t => Mean(t, patients)).ToArray();
            return each.Any(e => e is null) ? null : [.. Enumerable.Range(0, 3).Select(i => each.Average(e => e![i]))];
        }
        var (values, draws) = (MeansOf(null)!, Draw(MeansOf));
        return [.. values.Select((value, i) => Figure(value, draws, i, null))];
    }

    /// <summary>AUC, sensitivity, specificity, mean over the models; null where one of them has none.</summary>
    private double[]? Mean(FindingTruth[] truths, int[]? patients)
    {
        var sums = new double[3];
        foreach (var (m, truth) in truths.Index())
        {
            if (truth.Figures(patients is null ? null : [.. patientOf[m].Select(p => patients[p])]) is not { } figures)
                return null;
            for (var i = 0; i < sums.Length; i++)
                sums[i] += figures[i] / truths.Length;
        }
        return sums;
    }

    private int Distinct(Func<int, int, bool> counts) =>
        models
            .SelectMany((m, number) => m.Rows.Where((_, i) => counts(number, i)).Select(r => r.Image))
            .Distinct()
            .Count();

    private int PatientsOf(Func<int, int, bool> counts) =>
        patientOf.SelectMany((of, number) => of.Where((_, i) => counts(number, i))).Distinct().Count();

    private PatientBootstrap? Draw(Func<int[], double[]?> statistics) =>
        options.Bootstrap > 0 && Patients > 1
            ? PatientBootstrap.Run(Patients, options.Bootstrap, options.Seed, statistics)
            : null;

    private Estimate Figure(double value, PatientBootstrap? draws, int index, int? units) =>
        draws is null
            ? new(value, null, null, Patients > 1 ? "no bootstrap asked for" : "one patient gives no interval")
            : draws.Estimate(index, value, units);
}
