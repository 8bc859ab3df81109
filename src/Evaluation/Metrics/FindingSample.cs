using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Metrics;

/// <summary>Images of one or several models' tests by patient, so that a draw of patients weighs images.</summary>
internal sealed class FindingSample
{
    private readonly IReadOnlyList<Predictions> models;
    private readonly EvaluationOptions options;
    private readonly int[][] patientOf; // of each model's rows
    private readonly int[][] once; // one weighting: every patient once

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
        once =
        [
            [.. Enumerable.Repeat(1, Patients)],
        ];
    }

    internal int Patients { get; }

    internal int Images => Distinct((_, _) => true);

    internal FindingFigures Judge(string name, int finding)
    {
        FindingTruth[] truths = [.. models.Select((m, i) => new FindingTruth(m, finding, patientOf[i]))];
        var values = Mean(truths, once)[0];
        var draws = values is null ? null : Draw(drawn => Mean(truths, drawn));
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
        FindingTruth[][] truths =
        [
            .. findings.Select(f => models.Select((m, i) => new FindingTruth(m, f, patientOf[i])).ToArray()),
        ];
        double[]?[] MeansOf(IReadOnlyList<int[]> drawn)
        {
            double[]?[][] each = [.. truths.Select(t => Mean(t, drawn))];
            return
            [
                .. drawn.Select(
                    (_, d) =>
                        each.Any(e => e[d] is null)
                            ? null
                            : Enumerable.Range(0, 3).Select(i => each.Average(e => e[d]![i])).ToArray()
                ),
            ];
        }
        var (values, draws) = (MeansOf(once)[0]!, Draw(MeansOf));
        return [.. values.Select((value, i) => Figure(value, draws, i, null))];
    }

    /// <summary>Of each draw AUC, sensitivity, specificity, mean over the models; null where one of them has none.</summary>
    private static double[]?[] Mean(FindingTruth[] truths, IReadOnlyList<int[]> drawn)
    {
        var sums = new double[]?[drawn.Count];
        for (var draw = 0; draw < sums.Length; draw++)
            sums[draw] = new double[3];
        foreach (var truth in truths)
        foreach (var (draw, figures) in truth.Figures(drawn).Index())
        {
            if (figures is null)
                sums[draw] = null;
            for (var i = 0; i < sums[draw]?.Length; i++)
                sums[draw]![i] += figures![i] / truths.Length;
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

    private PatientBootstrap? Draw(Func<IReadOnlyList<int[]>, double[]?[]> statistics) =>
        options.Bootstrap > 0 && Patients > 1
            ? PatientBootstrap.RunTogether(Patients, options.Bootstrap, options.Seed, statistics)
            : null;

    private Estimate Figure(double value, PatientBootstrap? draws, int index, int? units) =>
        draws is null
            ? new(value, null, null, Patients > 1 ? "no bootstrap asked for" : "one patient gives no interval")
            : draws.Estimate(index, value, units);
}
