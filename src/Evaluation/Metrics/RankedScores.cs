using System.Numerics;

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
    private readonly double[] scores;
    private readonly bool[] positives;
    private readonly int[] owners; // who is weighed, from the greatest score down

    /// <summary>1 where it is positive, else 0: whether a score is positive is no guess of a processor's.</summary>
    private readonly double[] positiveShare;

    /// <summary>
    /// Sorts once. Any numbers serve as scores, not only probabilities: higher means more likely positive.
    /// </summary>
    /// <param name="scores">Of each image.</param>
    /// <param name="positives">Of each image.</param>
    /// <param name="owners">Of each image the place among the weights, its patient's; null (default): its own.</param>
    /// <exception cref="ArgumentException">Different lengths, or a score that is not a number.</exception>
    public RankedScores(IReadOnlyList<double> scores, IReadOnlyList<bool> positives, IReadOnlyList<int>? owners = null)
    {
        if (scores.Count != positives.Count)
            throw new ArgumentException($"{scores.Count} scores and {positives.Count} labels; there must be as many");
        if (owners is not null && owners.Count != scores.Count)
            throw new ArgumentException($"{scores.Count} scores and {owners.Count} owners; there must be as many");
        for (var i = 0; i < scores.Count; i++)
            if (double.IsNaN(scores[i]))
                throw new ArgumentException($"score {i} is not a number");
        int[] order = [.. Enumerable.Range(0, scores.Count)];
        Array.Sort(scores.Select(s => -s).ToArray(), order); // among equal scores any order will do
        this.owners = owners is null ? order : [.. order.Select(i => owners[i])];
        this.scores = [.. order.Select(i => scores[i])];
        this.positives = [.. order.Select(i => positives[i])];
        positiveShare = [.. this.positives.Select(p => p ? 1.0 : 0.0)];
    }

    /// <summary>
    /// Area under the ROC curve: the chance that a positive scores above a negative, ties counting half. NaN unless
    /// both occur.
    /// </summary>
    public static double Auc(IReadOnlyList<double> scores, IReadOnlyList<bool> positives) =>
        new RankedScores(scores, positives).Areas(null).Auc;

    /// <summary>
    /// Both areas with each image counted as often as <paramref name="weights"/> says of its owner (null: once each).
    /// Average precision is Σ (R_n − R_{n−1}) P_n over the thresholds, without interpolation.
    /// </summary>
    public RankAreas Areas(int[]? weights) =>
        AreasOf([weights ?? [.. Enumerable.Repeat(1, owners.DefaultIfEmpty(-1).Max() + 1)]])[0];

    /// <summary>The same of several weightings, as many of them in one pass as the processor's vectors hold.</summary>
    public RankAreas[] AreasOf(IReadOnlyList<int[]> weightings)
    {
        var areas = new RankAreas[weightings.Count];
        var side = Vector<double>.Count;
        for (var first = 0; first < areas.Length; first += side)
        {
            int[][] some = [.. weightings.Skip(first).Take(side)];
            // The weights of an owner side by side; what is left of a vector stays 0.
            var beside = new double[some[0].Length * side];
            foreach (var (lane, weights) in some.Index())
                for (var owner = 0; owner < weights.Length; owner++)
                    beside[(owner * side) + lane] = weights[owner];
            Pass(beside, areas.AsSpan(first, some.Length));
        }
        return areas;
    }

    private void Pass(double[] beside, Span<RankAreas> areas)
    {
        Vector<double> auc = default,
            precisionSum = default,
            truePositives = default,
            falsePositives = default,
            stepPositives = default,
            stepNegatives = default;
        for (var i = 0; i < scores.Length; i++)
        {
            var weight = new Vector<double>(beside, owners[i] * Vector<double>.Count);
            var positive = weight * positiveShare[i];
            stepPositives += positive;
            stepNegatives += weight - positive;
            if (i + 1 < scores.Length && scores[i + 1] == scores[i])
                continue;
            auc += stepNegatives * (truePositives + (stepPositives * 0.5));
            truePositives += stepPositives;
            falsePositives += stepNegatives;
            // A step without positives adds 0.
            precisionSum +=
                stepPositives * truePositives / Vector.Max(Vector<double>.One, truePositives + falsePositives);
            stepPositives = stepNegatives = default;
        }
        for (var lane = 0; lane < areas.Length; lane++)
        {
            var (all, none) = (truePositives[lane], falsePositives[lane]);
            areas[lane] = new RankAreas(
                all > 0 && none > 0 ? auc[lane] / (all * none) : double.NaN,
                all > 0 ? precisionSum[lane] / all : double.NaN
            );
        }
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
