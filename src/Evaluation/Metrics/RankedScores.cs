namespace Coverslip.Evaluation.Metrics;

/// <summary>
/// A point of a ROC curve: what calling everything of at least <paramref name="Threshold"/> positive gives.
/// </summary>
public readonly record struct RocPoint(double Threshold, double FalsePositiveRate, double TruePositiveRate);

/// <summary>A point of a precision-recall curve.</summary>
public readonly record struct PrecisionRecallPoint(double Threshold, double Recall, double Precision);

/// <summary>Areas under the ROC and precision-recall curves of one draw; NaN where a side has no weight.</summary>
public readonly record struct RankAreas(double Auc, double AveragePrecision);

/// <summary>
/// Scores against a yes-or-no truth, sorted once, so that each weighting of the images costs one pass. Equal scores
/// count as one step, as in scikit-learn's <c>roc_auc_score</c> and <c>average_precision_score</c>.
/// </summary>
public sealed class RankedScores
{
    private readonly int[] order;
    private readonly double[] scores;
    private readonly bool[] positives;

    /// <summary>
    /// Sorts once. Any numbers serve as scores, not only probabilities: higher means more likely positive.
    /// </summary>
    /// <exception cref="ArgumentException">Different lengths, or a score that is not a number.</exception>
    public RankedScores(IReadOnlyList<double> scores, IReadOnlyList<bool> positives)
    {
        if (scores.Count != positives.Count)
            throw new ArgumentException($"{scores.Count} scores and {positives.Count} labels; there must be as many");
        for (var i = 0; i < scores.Count; i++)
            if (double.IsNaN(scores[i]))
                throw new ArgumentException($"score {i} is not a number");
        order = [.. Enumerable.Range(0, scores.Count).OrderByDescending(i => scores[i])];
        this.scores = [.. order.Select(i => scores[i])];
        this.positives = [.. order.Select(i => positives[i])];
    }

    /// <summary>
    /// Area under the ROC curve: the chance that a positive scores above a negative, ties counting half. NaN unless
    /// both occur.
    /// </summary>
    public static double Auc(IReadOnlyList<double> scores, IReadOnlyList<bool> positives) =>
        new RankedScores(scores, positives).Areas(null).Auc;

    /// <summary>
    /// Both areas with image i counted <paramref name="weights"/>[i] times (null: once each).
    /// Average precision is Σ (R_n − R_{n−1}) P_n over the thresholds, without interpolation.
    /// </summary>
    public RankAreas Areas(IReadOnlyList<int>? weights)
    {
        double auc = 0,
            precisionSum = 0,
            truePositives = 0,
            falsePositives = 0;
        for (var i = 0; i < scores.Length; )
        {
            double stepPositives = 0,
                stepNegatives = 0;
            var score = scores[i];
            for (; i < scores.Length && scores[i] == score; i++)
            {
                var weight = weights is null ? 1 : weights[order[i]];
                if (positives[i])
                    stepPositives += weight;
                else
                    stepNegatives += weight;
            }
            auc += stepNegatives * (truePositives + stepPositives / 2);
            truePositives += stepPositives;
            falsePositives += stepNegatives;
            if (stepPositives > 0)
                precisionSum += stepPositives * truePositives / (truePositives + falsePositives);
        }
        return new RankAreas(
            truePositives > 0 && falsePositives > 0 ? auc / (truePositives * falsePositives) : double.NaN,
            truePositives > 0 ? precisionSum / truePositives : double.NaN
        );
    }

    /// <summary>The ROC curve from (0, 0) at an infinite threshold to (1, 1), a point per different score.</summary>
    public IReadOnlyList<RocPoint> Roc()
    {
        var (all, none) = ((double)Count(true), (double)Count(false));
        return
        [
            new(double.PositiveInfinity, 0, 0),
            .. Steps().Select(s => new RocPoint(s.Threshold, s.FalsePositives / none, s.TruePositives / all)),
        ];
    }

    /// <summary>The precision-recall curve, from recall 0 and precision 1 on, a point per different score.</summary>
    public IReadOnlyList<PrecisionRecallPoint> PrecisionRecall()
    {
        var all = (double)Count(true);
        return
        [
            new(double.PositiveInfinity, 0, 1),
            .. Steps()
                .Select(s => new PrecisionRecallPoint(
                    s.Threshold,
                    s.TruePositives / all,
                    s.TruePositives / (double)(s.TruePositives + s.FalsePositives)
                )),
        ];
    }

    /// <summary>How many images are (not) positive.</summary>
    public int Count(bool positive) => positives.Count(p => p == positive);

    internal IEnumerable<(double Threshold, int TruePositives, int FalsePositives)> Steps()
    {
        var (truePositives, falsePositives) = (0, 0);
        for (var i = 0; i < scores.Length; i++)
        {
            if (positives[i])
                truePositives++;
            else
                falsePositives++;
            if (i + 1 < scores.Length && scores[i + 1] == scores[i])
                continue;
            yield return (scores[i], truePositives, falsePositives);
        }
    }
}
