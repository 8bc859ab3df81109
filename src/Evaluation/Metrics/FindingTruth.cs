using Coverslip.Evaluation.Cohorts;

namespace Coverslip.Evaluation.Metrics;

/// <summary>One finding of multi-label predictions: which images show it, how likely it seemed, what was decided.</summary>
public sealed class FindingTruth
{
    private readonly RankedScores ranked;
    private readonly bool[] decided;
    private readonly Tally[] tallies; // of each owner

    /// <param name="predictions">Of findings, with the truth.</param>
    /// <param name="finding">Its place among the classes.</param>
    /// <param name="owners">Of each image the place among the weights, its patient's; null (default): its own.</param>
    public FindingTruth(Predictions predictions, int finding, IReadOnlyList<int>? owners = null)
    {
        var name = predictions.Classes[finding];
        bool[] shows = [.. predictions.Rows.Select(r => CohortFile.Split(r.Label).Contains(name))];
        decided = [.. predictions.Rows.Select(r => CohortFile.Split(r.Predicted).Contains(name))];
        Shows = shows;
        Positives = shows.Count(s => s);
        ranked = new RankedScores([.. predictions.Rows.Select(r => r.Probabilities[finding])], shows, owners);
        tallies = Tallies(owners);
    }

    /// <summary>Image by image.</summary>
    public IReadOnlyList<bool> Shows { get; }

    /// <summary>How many images show it.</summary>
    public int Positives { get; }

    /// <summary>Which images it was decided for.</summary>
    public IReadOnlyList<bool> Decided => decided;

    /// <summary>The ROC curve; NaN in places where images with it, or without it, are missing.</summary>
    public IReadOnlyList<RocPoint> Roc() => ranked.Roc();

    /// <summary>AUC, sensitivity, specificity under weightings of the owners; null where one of them is not defined.</summary>
    internal double[]?[] Figures(IReadOnlyList<int[]> weightings) =>
        [.. weightings.Zip(ranked.AreasOf(weightings), Figures)];

    private double[]? Figures(int[] weights, RankAreas areas)
    {
        double positives = 0,
            negatives = 0,
            found = 0,
            spared = 0;
        for (var owner = 0; owner < tallies.Length; owner++)
        {
            var (tally, weight) = (tallies[owner], (double)weights[owner]);
            positives += weight * tally.Positives;
            negatives += weight * tally.Negatives;
            found += weight * tally.Found;
            spared += weight * tally.Spared;
        }
        return positives == 0 || negatives == 0 ? null : [areas.Auc, found / positives, spared / negatives];
    }

    private Tally[] Tallies(IReadOnlyList<int>? owners)
    {
        var all = new Tally[
            owners is null ? Shows.Count
            : owners.Count == 0 ? 0
            : owners.Max() + 1
        ];
        for (var i = 0; i < Shows.Count; i++)
        {
            ref var tally = ref all[owners?[i] ?? i];
            tally = Shows[i]
                ? tally with
                {
                    Positives = tally.Positives + 1,
                    Found = tally.Found + (decided[i] ? 1 : 0),
                }
                : tally with
                {
                    Negatives = tally.Negatives + 1,
                    Spared = tally.Spared + (decided[i] ? 0 : 1),
                };
        }
        return all;
    }

    /// <summary>Images with it and without it, and those of either that were decided rightly.</summary>
    private readonly record struct Tally(int Positives, int Negatives, int Found, int Spared);
}
