using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;

namespace Coverslip.Evaluation.Splits;

/// <summary>Takes validation patients out of the training patients of a fold.</summary>
internal static class ValidationDraw
{
    private const int Draws = 100;

    /// <summary>
    /// Of <see cref="Draws"/> random draws the one whose images per class come nearest to <paramref name="share"/> of
    /// each class. No class that training has is taken from it altogether, unless every draw does so.
    /// </summary>
    /// <exception cref="NoSuchSplitException">A share above 0 with fewer than two patients.</exception>
    public static HashSet<PatientImages> From(IReadOnlyList<PatientImages> training, double share, SeededRandom random)
    {
        if (share is < 0 or >= 1)
            throw new ArgumentOutOfRangeException(
                nameof(share),
                share,
                "the validation share must be at least 0 and below 1"
            );
        if (share == 0)
            return [];
        if (training.Count < 2)
            throw new NoSuchSplitException(
                $"no such split exists: {training.Count} training patients cannot give one for validation; pass "
                    + "--validation-share 0"
            );
        var classes = training[0].PerClass.Count;
        var totals = PatientImages.Sum(training, classes);
        var wanted = share * training.Sum(p => p.Total);
        var order = training.ToArray();
        var (best, bestCost) = (new HashSet<PatientImages>(), double.PositiveInfinity);
        for (var draw = 0; draw < Draws; draw++)
        {
            random.Shuffle(order.AsSpan());
            var count = 0;
            double images = 0;
            // Stops on the side of the wanted number that is nearer; one patient at least, and one is left.
            while (count < order.Length - 1 && (count == 0 || images + order[count].Total / 2.0 <= wanted))
                images += order[count++].Total;
            var chosen = PatientImages.Sum(order.Take(count), classes);
            var cost = Cost(chosen, totals, share);
            if (cost < bestCost)
                (best, bestCost) = ([.. order.Take(count)], cost);
        }
        return best;
    }

    private static double Cost(int[] chosen, int[] totals, double share)
    {
        double cost = 0;
        for (var c = 0; c < totals.Length; c++)
        {
            if (totals[c] == 0)
                continue;
            var off = (double)chosen[c] / totals[c] - share;
            cost += off * off;
            if (chosen[c] == totals[c])
                cost += 1000; // training would lose the class
        }
        return cost;
    }
}
