namespace Coverslip.Methods.MultiStage;

/// <summary>
/// What of normal tissue is called tumor, slide by slide: <c>tumor_points_at_recall_0.8</c> and <c>_0.95</c>, called from the
/// probability on that finds this share of all test slides' tumor patches; <c>false_patches_per_slide</c>, called at a half
/// and labeled normal, and <c>false_patches_at_recall_0.8</c> and <c>_0.95</c>. Points are isolated: who calls everything has
/// none, and many false patches.
/// </summary>
internal static class CalledPatches
{
    /// <summary>In the order of <see cref="Of"/>.</summary>
    internal static readonly string[] Keys =
    [
        .. TumorPoints.MatchedRecalls.Select(r => FormattableString.Invariant($"tumor_points_at_recall_{r}")),
        "false_patches_per_slide",
        .. TumorPoints.MatchedRecalls.Select(r => FormattableString.Invariant($"false_patches_at_recall_{r}")),
    ];

    /// <summary>Of each figure the count of each slide; null where no patch is tumor, of those at a recall.</summary>
    internal static IReadOnlyList<int[]?> Of(IReadOnlyList<PredictedSlide> slides)
    {
        double?[] from =
        [
            .. TumorPoints.MatchedRecalls.Select(r =>
                TumorPoints.ThresholdAtRecall(slides.SelectMany(s => s.Patches), r)
            ),
        ];
        int[]? At(double? threshold, Func<PredictedSlide, Func<PredictedPatch, bool>, int> count) =>
            threshold is { } least ? [.. slides.Select(s => count(s, p => p.Probability >= least))] : null;
        return
        [
            .. from.Select(t => At(t, (slide, called) => TumorPoints.Find(slide.Patches, called).Count)),
            [.. slides.Select(s => False(s, p => p.Positive))],
            .. from.Select(t => At(t, False)),
        ];
    }

    private static int False(PredictedSlide slide, Func<PredictedPatch, bool> called) =>
        slide.Patches.Count(p => p.Patch.Label == 0 && called(p));
}
