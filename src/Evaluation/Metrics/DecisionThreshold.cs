namespace Coverslip.Evaluation.Metrics;

/// <summary>What a decision threshold shall be best at.</summary>
public enum ThresholdRule
{
    /// <summary>
    /// Mean of sensitivity and specificity; its best threshold is also Youden's (J = 2·balanced accuracy − 1).
    /// </summary>
    BalancedAccuracy,

    /// <summary>Share of correct images.</summary>
    Accuracy,
}

/// <summary>
/// Chooses from which score on an image is called positive. Choose on validation patients, never on test.
/// </summary>
public static class DecisionThreshold
{
    /// <summary>
    /// The threshold with the best figure on these images, halfway between two neighboring scores; of equally good
    /// ones that nearest to 0.5. An image is positive if its score is at least the threshold.
    /// </summary>
    /// <exception cref="ArgumentException">Only one of both classes occurs.</exception>
    public static double Choose(
        IReadOnlyList<double> scores,
        IReadOnlyList<bool> positives,
        ThresholdRule rule = ThresholdRule.BalancedAccuracy
    )
    {
        var ranked = new RankedScores(scores, positives);
        var (all, none) = (ranked.Count(true), ranked.Count(false));
        if (all == 0 || none == 0)
            throw new ArgumentException(
                $"a threshold needs both classes; there are {all} positive and {none} negative images"
            );
        double Figure(int truePositives, int falsePositives) =>
            rule == ThresholdRule.Accuracy
                ? (truePositives + none - falsePositives) / (double)(all + none)
                : (truePositives / (double)all + (none - falsePositives) / (double)none) / 2;

        var steps = ranked.Steps().ToList();
        // Above the highest score: nothing is positive. Scores need not be probabilities, so this lies just above it.
        var above = steps[0].Threshold + Math.Max(1e-6, Math.Abs(steps[0].Threshold) * 1e-6);
        var best = (Figure: Figure(0, 0), Threshold: above);
        for (var i = 0; i < steps.Count; i++)
        {
            var threshold =
                i + 1 < steps.Count ? (steps[i].Threshold + steps[i + 1].Threshold) / 2 : steps[i].Threshold;
            // Neighboring doubles have no number between them.
            if (i + 1 < steps.Count && threshold <= steps[i + 1].Threshold)
                threshold = steps[i].Threshold;
            var figure = Figure(steps[i].TruePositives, steps[i].FalsePositives);
            var nearer = Math.Abs(threshold - 0.5) < Math.Abs(best.Threshold - 0.5);
            if (figure > best.Figure + 1e-12 || (Math.Abs(figure - best.Figure) <= 1e-12 && nearer))
                best = (figure, threshold);
        }
        return best.Threshold;
    }
}
