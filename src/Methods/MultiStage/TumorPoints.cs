namespace Coverslip.Methods.MultiStage;

/// <summary>
/// "Tumor points" (Takahama et al. 2019, sec. 4.2.1): spots of tumor on their own in a normal area, which a doctor has to
/// look at for nothing. The paper gives no rule; here it is a patch called tumor and labeled normal, none of whose eight
/// neighbors on the grid is called tumor, nor labeled tumor. A model that calls nothing tumor has none, so that the number
/// says something beside the recall only, or where models are compared at one recall.
/// </summary>
internal static class TumorPoints
{
    /// <summary>The recalls at which models are compared: the same for all, whichever others a study has.</summary>
    public static IReadOnlyList<double> MatchedRecalls { get; } = [0.8, 0.95];

    /// <summary>How many there are on a slide.</summary>
    public static int Count(IReadOnlyList<PredictedPatch> patches) => Find(patches).Count;

    /// <summary>The patches that are such points.</summary>
    public static IReadOnlyList<PredictedPatch> Find(IReadOnlyList<PredictedPatch> patches) =>
        Find(patches, p => p.Positive);

    /// <summary>From which probability on the called patches hold a share of those labeled tumor; null without such.</summary>
    public static double? ThresholdAtRecall(IEnumerable<PredictedPatch> patches, double recall)
    {
        double[] tumor =
        [
            .. patches.Where(p => p.Patch.Label == GridPatch.Tumor).Select(p => p.Probability).OrderDescending(),
        ];
        return tumor.Length == 0 ? null : tumor[(int)Math.Ceiling(recall * tumor.Length) - 1];
    }

    /// <summary>The same where what is called tumor is told otherwise than by <see cref="PredictedPatch.Positive"/>.</summary>
    public static IReadOnlyList<PredictedPatch> Find(
        IReadOnlyList<PredictedPatch> patches,
        Func<PredictedPatch, bool> called
    )
    {
        var suspected = patches
            .Where(p => called(p) || p.Patch.Label == GridPatch.Tumor)
            .Select(p => (p.Patch.Column, p.Patch.Row))
            .ToHashSet();
        return [.. patches.Where(p => called(p) && p.Patch.Label == 0 && Alone(p.Patch))];

        bool Alone(GridPatch patch)
        {
            for (var row = patch.Row - 1; row <= patch.Row + 1; row++)
            for (var column = patch.Column - 1; column <= patch.Column + 1; column++)
                if ((column, row) != (patch.Column, patch.Row) && suspected.Contains((column, row)))
                    return false;
            return true;
        }
    }
}
