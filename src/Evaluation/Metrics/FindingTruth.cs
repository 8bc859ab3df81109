using Coverslip.Evaluation.Cohorts;

namespace Coverslip.Evaluation.Metrics;

/// <summary>One finding of multi-label predictions: which images show it, how likely it seemed, what was decided.</summary>
public sealed class FindingTruth
{
    private readonly RankedScores ranked;
    private readonly bool[] decided;

    /// <param name="predictions">Of findings, with the truth.</param>
    /// <param name="finding">Its place among the classes.</param>
    public FindingTruth(Predictions predictions, int finding)
    {
        var name = predictions.Classes[finding];
        bool[] shows = [.. predictions.Rows.Select(r => Split(r.Label).Contains(name))];
        decided = [.. predictions.Rows.Select(r => Split(r.Predicted).Contains(name))];
        Shows = shows;
        Positives = shows.Count(s => s);
        ranked = new RankedScores([.. predictions.Rows.Select(r => r.Probabilities[finding])], shows);
    }

    /// <summary>Image by image.</summary>
    public IReadOnlyList<bool> Shows { get; }

    /// <summary>How many images show it.</summary>
    public int Positives { get; }

    internal static string[] Split(string labels) =>
        labels.Split(CohortFile.Separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Which images it was decided for.</summary>
    public IReadOnlyList<bool> Decided => decided;

    /// <summary>The ROC curve; NaN in places where images with it, or without it, are missing.</summary>
    public IReadOnlyList<RocPoint> Roc() => ranked.Roc();

    /// <summary>NaN where images with it, or without it, are missing.</summary>
    internal double Auc(int[]? weights) => ranked.Areas(weights).Auc;

    /// <summary>AUC, sensitivity, specificity under a weight for each image; null where one is not defined.</summary>
    internal double[]? Figures(int[]? weights)
    {
        double positives = 0,
            negatives = 0,
            found = 0,
            spared = 0;
        for (var i = 0; i < Shows.Count; i++)
        {
            var weight = weights is null ? 1 : weights[i];
            if (Shows[i])
                (positives, found) = (positives + weight, found + (decided[i] ? weight : 0));
            else
                (negatives, spared) = (negatives + weight, spared + (decided[i] ? 0 : weight));
        }
        return positives == 0 || negatives == 0 ? null : [Auc(weights), found / positives, spared / negatives];
    }
}
