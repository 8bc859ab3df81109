using Coverslip.Evaluation.Cohorts;

namespace Coverslip.Evaluation.Metrics;

/// <summary>One finding of multi-label predictions: which images show it, how likely it seemed, what was decided.</summary>
internal sealed class FindingTruth
{
    private readonly RankedScores ranked;
    private readonly bool[] decided;

    internal FindingTruth(Predictions predictions, int finding)
    {
        var name = predictions.Classes[finding];
        Shows = [.. predictions.Rows.Select(r => Split(r.Label).Contains(name))];
        decided = [.. predictions.Rows.Select(r => Split(r.Predicted).Contains(name))];
        Positives = Shows.Count(s => s);
        ranked = new RankedScores([.. predictions.Rows.Select(r => r.Probabilities[finding])], Shows);
    }

    /// <summary>Image by image.</summary>
    internal bool[] Shows { get; }

    /// <summary>How many images show it.</summary>
    internal int Positives { get; }

    internal static string[] Split(string labels) =>
        labels.Split(CohortFile.Separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>NaN where images with it, or without it, are missing.</summary>
    internal double Auc(int[]? weights) => ranked.Areas(weights).Auc;

    /// <summary>AUC, sensitivity, specificity under a weight for each image; null where one is not defined.</summary>
    internal double[]? Figures(int[]? weights)
    {
        double positives = 0,
            negatives = 0,
            found = 0,
            spared = 0;
        for (var i = 0; i < Shows.Length; i++)
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
