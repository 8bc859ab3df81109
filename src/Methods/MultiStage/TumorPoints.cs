namespace Coverslip.Methods.MultiStage;

/// <summary>
/// "Tumor points" (Takahama et al. 2019, sec. 4.2.1): spots of tumor on their own in a normal area, which a doctor has to
/// look at for nothing. The paper gives no rule; here it is a patch called tumor and labeled normal, none of whose eight
/// neighbors on the grid is called tumor, nor labeled tumor.
/// </summary>
internal static class TumorPoints
{
    /// <summary>How many there are on a slide.</summary>
    public static int Count(IReadOnlyList<PredictedPatch> patches) => Find(patches).Count;

    /// <summary>The patches that are such points.</summary>
    public static IReadOnlyList<PredictedPatch> Find(IReadOnlyList<PredictedPatch> patches)
    {
        var suspected = patches
            .Where(p => p.Positive || p.Patch.Label == GridPatch.Tumor)
            .Select(p => (p.Patch.Column, p.Patch.Row))
            .ToHashSet();
        return [.. patches.Where(p => p.Positive && p.Patch.Label == 0 && Alone(p.Patch))];

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
