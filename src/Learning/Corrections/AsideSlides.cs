using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.SlidePatches;
using Coverslip.Learning.StoredFeatures;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;

namespace Coverslip.Learning.Corrections;

/// <summary>
/// Slides of patients that nobody draws on, with the truth of their windows from the cohort's column annotation: tumor from half
/// of the window on, normal without any of it (where not all tumor is outlined, annotated normal by half); what lies
/// between counts for neither. A slide's score is the greatest mean of a window and those around it: a probe of a few regions has
/// single windows on every slide of which it is sure and wrong.
/// </summary>
internal sealed class AsideSlides(
    Cohort cohort,
    IReadOnlyList<CorrectionSlide> slides,
    CorrectionSettings settings,
    FeatureMemory memory
)
{
    private readonly Dictionary<CorrectionSlide, IReadOnlyDictionary<long, bool>> truths = [];

    /// <summary>Judges them; features that are missing are computed first.</summary>
    /// <exception cref="OperationCanceledException">Stopped; features that were computed are kept.</exception>
    internal AsideFigures Judge(WindowProbe probe, CancellationToken stop)
    {
        var (windows, whole) = (new List<(double Score, bool Tumor)>(), new List<(double Score, bool Tumor)>());
        foreach (var slide in slides)
        {
            while (slide.Features.ComputeSome(Correction.Batch))
                stop.ThrowIfCancellationRequested();
            var said = slide.Features.Patches.Wanted.ToDictionary(
                key => key,
                key => probe.Probabilities(slide.Features.Of(key)!)[settings.PositivePlace]
            );
            windows.AddRange(TruthOf(slide).Select(t => (said[t.Key], t.Value)));
            if (said.Count > 0)
                whole.Add((ScoreOf(slide.Features.Patches, said), IsPositive(slide)));
            memory.Used(slide);
        }
        return new AsideFigures(Auc(windows), Auc(whole), windows.Count, whole.Count);
    }

    private static double ScoreOf(TissuePatches windows, Dictionary<long, double> said) =>
        said.Keys.Max(key => windows.Around(key).Where(said.ContainsKey).Average(near => said[near]));

    private IReadOnlyDictionary<long, bool> TruthOf(CorrectionSlide slide)
    {
        if (truths.TryGetValue(slide, out var known))
            return known;
        var drawn = SlideOutlines.Of(cohort, slide.Row, slide.Slide, null, settings.Outlines);
        var patches = slide.Features.Patches;
        var truth = new Dictionary<long, bool>();
        // Of a slide of tumor that nobody outlined no window is known.
        if (drawn is not null || !IsPositive(slide))
            foreach (var key in patches.Wanted)
                if (IsTumor(drawn, patches.Area(key), CohortSlides.IsExhaustive(cohort, slide.Row)) is { } tumor)
                    truth[key] = tumor;
        return truths[slide] = truth;
    }

    private static bool? IsTumor(SlideAnnotations? drawn, Rectangle window, bool exhaustive)
    {
        if (drawn is null)
            return false;
        var share = drawn.Tumor.ShareOf(window);
        return share >= 0.5 ? true
            : share > 0 || drawn.Ignored.ShareOf(window) > 0 ? null
            : exhaustive || drawn.Normal.ShareOf(window) >= 0.5 ? false
            : null;
    }

    private bool IsPositive(CorrectionSlide slide) => slide.Row.Label == settings.Positive;

    private static double? Auc(List<(double Score, bool Tumor)> said) =>
        RankedScores.Auc([.. said.Select(s => s.Score)], [.. said.Select(s => s.Tumor)]) is var auc && double.IsNaN(auc)
            ? null
            : auc;
}
