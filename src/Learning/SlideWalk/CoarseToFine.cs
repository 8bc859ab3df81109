using Coverslip.Slides.Heatmaps;

namespace Coverslip.Learning.SlideWalk;

/// <summary>What a smaller network that saw all windows of a slide first made of it.</summary>
/// <param name="Heatmap">Its probabilities.</param>
/// <param name="Shares">Who answered how many windows.</param>
public sealed record FirstAnswers(Heatmap Heatmap, WindowShares Shares);

/// <summary>Who answered how many windows of a slide.</summary>
/// <param name="Glass">Cells without tissue, whose windows no network sees.</param>
/// <param name="First">Windows that keep the first network's answer.</param>
/// <param name="Large">Windows that the large network saw as well, and answers.</param>
public sealed record WindowShares(int Glass, int First, int Large);

/// <summary>
/// Slides the first network over a slide's tissue, then the large one over what it left. Each pass has a file in which it is
/// saved and taken up again; which windows are left is decided by the first pass as a whole, so that it does not depend on
/// where a call was stopped.
/// </summary>
/// <param name="first">The first network.</param>
/// <param name="small">It, as it is slid.</param>
/// <param name="large">The large network, as it is slid.</param>
internal sealed class CoarseToFine(FirstNetwork first, SlidePredictor small, SlidePredictor large)
{
    /// <summary>Where the first pass is saved.</summary>
    internal static HeatmapState StateOf(SlideWork work) => work.State.Beside("first");

    /// <summary>Predicts what the states say is left of a slide.</summary>
    /// <exception cref="OperationCanceledException">Stopped; what was done is saved.</exception>
    internal SlidePrediction Predict(SlideWork work)
    {
        var state = StateOf(work);
        var seen = small.Predict(work.Slide, work.Tissue, state, work.Progress, work.Stop);
        state.Save(seen.Heatmap); // whole: a call that goes on in the second pass finds it
        var sent = first.Sent(seen.Heatmap);
        var (tissue, left) = (sent.TissueCells, sent.PendingCells);
        var shares = new WindowShares(sent.Grid.Cells - tissue, tissue - left, left);
        var made = large.Predict(
            work.Slide,
            _ => sent,
            work.State,
            (done, all) => work.Progress?.Invoke(done - shares.First, all - shares.First),
            work.Stop
        );
        return made with
        {
            // Each window counts once, whoever saw it now.
            Predicted = Math.Max(seen.Predicted, made.Predicted),
            Seconds = seen.Seconds + made.Seconds,
            StainsKept = seen.StainsKept + made.StainsKept,
            PixelsRead = seen.PixelsRead + made.PixelsRead,
            Reading = seen.Reading + made.Reading,
            Network = seen.Network + made.Network,
            First = new FirstAnswers(seen.Heatmap, shares),
        };
    }
}
