using Coverslip.Evaluation.Metrics;

namespace Coverslip.Methods.MultiStage;

/// <summary>A patch's probability of being tumor, and its label.</summary>
/// <param name="Patch">Place and label.</param>
/// <param name="Probability">0 to 1.</param>
internal readonly record struct PredictedPatch(GridPatch Patch, double Probability)
{
    /// <summary>Above it a patch is called tumor.</summary>
    public const double Threshold = 0.5;

    /// <summary>Whether it is called tumor.</summary>
    public bool Positive => Probability > Threshold;
}

/// <summary>
/// Figures over patches (Takahama et al. 2019, sec. 4.1): patches without a label are not judged.
/// </summary>
/// <param name="Judged">Patches with a label.</param>
/// <param name="Unlabeled">Patches without.</param>
/// <param name="Accuracy">Of calls at 0.5; not a number without labeled patches.</param>
/// <param name="PrecisionRecallArea">Average precision; not a number where no patch is tumor.</param>
/// <param name="TumorPoints">Isolated positive patches in normal tissue, see <see cref="MultiStage.TumorPoints"/>.</param>
internal sealed record PatchFigures(
    int Judged,
    int Unlabeled,
    double Accuracy,
    double PrecisionRecallArea,
    int TumorPoints
)
{
    /// <summary>Of all patches of some slides; slides count tumor points each for itself.</summary>
    public static PatchFigures Of(IReadOnlyList<IReadOnlyList<PredictedPatch>> slides)
    {
        PredictedPatch[] all = [.. slides.SelectMany(s => s)];
        PredictedPatch[] judged = [.. all.Where(p => p.Patch.Label != GridPatch.NoLabel)];
        bool[] truth = [.. judged.Select(p => p.Patch.Label == GridPatch.Tumor)];
        var right = judged.Where((p, i) => p.Positive == truth[i]).Count();
        var ranked = new RankedScores([.. judged.Select(p => p.Probability)], truth);
        return new PatchFigures(
            judged.Length,
            all.Length - judged.Length,
            judged.Length == 0 ? double.NaN : (double)right / judged.Length,
            ranked.Areas(null).AveragePrecision,
            slides.Sum(MultiStage.TumorPoints.Count)
        );
    }
}
