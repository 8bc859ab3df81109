using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Runs;

namespace Coverslip.Methods.MultiStage;

/// <summary>The patches of a predicted slide.</summary>
/// <param name="Patient">Whose slide it is.</param>
/// <param name="Patches">Those that have a probability.</param>
internal sealed record PredictedSlide(string Patient, IReadOnlyList<PredictedPatch> Patches)
{
    /// <summary>Its lesions and whether they are found; none by default.</summary>
    public IReadOnlyList<JudgedLesion> Lesions { get; init; } = [];
}

/// <summary>
/// <see cref="PatchFigures"/> with 95 % intervals by drawing patients: <c>patch_accuracy</c>, <c>patch_pr_auc</c>,
/// <c>tumor_points_per_slide</c> with the share of tumor patches that the same calls find (<c>tumor_recall</c>), and
/// what else is called wrongly (<see cref="CalledPatches"/>), and of lesions by size the share that is found
/// (<see cref="LesionEstimates"/>).
/// </summary>
internal static class PatchEstimates
{
    internal const string Accuracy = "patch_accuracy";
    internal const string PrecisionRecallArea = "patch_pr_auc";
    internal const string Points = "tumor_points_per_slide";
    internal const string Recall = "tumor_recall";
    private const int Draws = 1000;

    internal static RunFigures Of(IReadOnlyList<PredictedSlide> slides)
    {
        var figures = PatchFigures.Of([.. slides.Select(s => s.Patches)]);
        string[] patients = [.. slides.Select(s => s.Patient).Distinct()];
        var matched = CalledPatches.Of(slides);
        double?[] values =
        [
            Number(figures.Accuracy),
            Number(figures.PrecisionRecallArea),
            slides.Count == 0 ? null : (double)figures.TumorPoints / slides.Count,
            Number(RecallOf(slides.SelectMany(s => s.Patches))),
            .. matched.Select(m => m is { } own ? (double?)own.Sum() / slides.Count : null),
        ];
        var (draws, reason) = Drawn(slides, patients, (values, matched));
        Estimate Of(int index, string undefined) =>
            values[index] is not { } value
                ? Estimate.Undefined(undefined)
                : draws?.Estimate(index, value, index is 0 or 3 ? patients.Length : null)
                    ?? new Estimate(value, null, null, reason);
        return new RunFigures(
            [
                (Accuracy, Of(0, "no test patch has a label")),
                (PrecisionRecallArea, Of(1, "no test patch is tumor")),
                (Points, Of(2, "no slide was tested")),
                (Recall, Of(3, "no test patch is tumor")),
                .. CalledPatches.Keys.Select((key, i) => (key, Of(4 + i, "no test patch is tumor"))),
                .. LesionEstimates.Of(slides),
            ],
            [
                ("slides", slides.Count),
                ("patients", patients.Length),
                ("patches", figures.Judged),
                ("patches_without_label_not_judged", figures.Unlabeled),
                .. LesionEstimates.Counts(slides),
            ]
        );
    }

    /// <summary>Null with the reason where hardly any draw of patients would have every figure.</summary>
    private static (PatientBootstrap? Draws, string? Reason) Drawn(
        IReadOnlyList<PredictedSlide> slides,
        string[] patients,
        (double?[] Values, IReadOnlyList<int[]?> Matched) of
    )
    {
        if (patients.Length < 2)
            return (null, "one patient");
        if (of.Values.Contains(null))
            return (null, "a figure beside it is not defined");
        var number = patients.Index().ToDictionary(p => p.Item, p => p.Index);
        var judged = slides
            .SelectMany(s => s.Patches.Select(p => (Patient: number[s.Patient], p)))
            .Where(p => p.p.Patch.Label != GridPatch.NoLabel)
            .ToArray();
        bool[] truth = [.. judged.Select(p => p.p.Patch.Label == GridPatch.Tumor)];
        var ranked = new RankedScores(
            [.. judged.Select(p => p.p.Probability)],
            truth,
            [.. judged.Select(p => p.Patient)]
        );
        var (right, all, points, tested) = (Zeros(), Zeros(), Zeros(), Zeros());
        var (found, tumor) = (Zeros(), Zeros());
        foreach (var (i, patch) in judged.Index())
        {
            all[patch.Patient]++;
            right[patch.Patient] += patch.p.Positive == truth[i] ? 1 : 0;
            tumor[patch.Patient] += truth[i] ? 1 : 0;
            found[patch.Patient] += truth[i] && patch.p.Positive ? 1 : 0;
        }
        foreach (var slide in slides)
        {
            tested[number[slide.Patient]]++;
            points[number[slide.Patient]] += TumorPoints.Count(slide.Patches);
        }
        double[][] matched = [.. of.Matched.Select(_ => Zeros())];
        foreach (var (at, own) in matched.Zip(of.Matched))
        foreach (var (slide, count) in slides.Zip(own!))
            at[number[slide.Patient]] += count;
        try
        {
            return (PatientBootstrap.Run(patients.Length, Draws, seed: 1, Figures), null);
        }
        catch (InvalidDataException error)
        {
            return (null, error.Message);
        }

        double[] Zeros() => new double[patients.Length];

        double[]? Figures(int[] weights)
        {
            double Sum(double[] of) => of.Select((v, i) => v * weights[i]).Sum();
            var area = ranked.Areas(weights).AveragePrecision;
            return double.IsNaN(area) || Sum(all) == 0
                ? null
                :
                [
                    Sum(right) / Sum(all),
                    area,
                    Sum(points) / Sum(tested),
                    Sum(found) / Sum(tumor),
                    .. matched.Select(m => Sum(m) / Sum(tested)),
                ];
        }
    }

    private static double RecallOf(IEnumerable<PredictedPatch> patches)
    {
        PredictedPatch[] tumor = [.. patches.Where(p => p.Patch.Label == GridPatch.Tumor)];
        return tumor.Length == 0 ? double.NaN : (double)tumor.Count(p => p.Positive) / tumor.Length;
    }

    private static double? Number(double value) => double.IsNaN(value) ? null : value;
}
