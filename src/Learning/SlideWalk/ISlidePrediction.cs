using System.Text.Json.Nodes;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Tissue;

namespace Coverslip.Learning.SlideWalk;

/// <summary>A recipe whose runs look at slides.</summary>
public interface IPredictsSlides
{
    /// <summary>What counts as tissue where nobody says it; as <c>coverslip tissue</c> finds it, by default.</summary>
    TissueOptions Tissue => new();

    /// <summary>
    /// How its runs saw the windows of validation patients, so that a threshold can be taken from what they said; null, the
    /// default, of a method whose runs do not classify windows.
    /// </summary>
    WindowValidation? ValidationWindows => null;

    /// <summary>A run as <see cref="SlideWalk"/> uses it.</summary>
    /// <exception cref="InvalidOperationException">The run does not suit slides, or something is asked that it cannot
    /// do; the message says what.</exception>
    ISlidePrediction OpenSlides(TrainedModel run, PredictionRequest asked);
}

/// <summary>How a run saw windows of its validation patients.</summary>
/// <param name="OnSlides">In whole slides, whose heatmaps it keeps; otherwise they are the rows of <c>validation.csv</c>.</param>
/// <param name="Oriented">Averaged over orientations.</param>
public sealed record WindowValidation(bool OnSlides, bool Oriented);

/// <summary>What a method does with each slide of a walk.</summary>
public interface ISlidePrediction
{
    /// <summary>
    /// Ends the names of a slide's record and of its state: <c>NAME-KIND.json</c>, with which it is finished, and
    /// <c>NAME-KIND.state</c>.
    /// </summary>
    string Kind { get; }

    /// <summary>What is counted within a slide, in the plural.</summary>
    string Unit { get; }

    /// <summary>Whether slides have a score, for <c>slide_scores.csv</c>.</summary>
    bool Scores { get; }

    /// <summary>Microns per pixel and side in pixels of what the model looks at.</summary>
    (double Mpp, int Side) Window { get; }

    /// <summary>Adds all that predictions depend on, but for the slide and its tissue: the model, how it is used.</summary>
    Fingerprint AddTo(Fingerprint to);

    /// <summary>Predicts a slide, or what the state says is left, and writes its files.</summary>
    FinishedSlide Predict(SlideWork work);

    /// <summary>What came of a slide that was finished before; null where a file is missing that is asked for now.</summary>
    SlideOutcome? Finished(SlideWork work, JsonObject record);

    /// <summary>What is said over all slides of a call; a method may write tables over them, too.</summary>
    SlideTotals Totals(WalkedSlides walked) => new([], null);
}

/// <summary>A slide at work.</summary>
/// <param name="Slide">Open.</param>
/// <param name="Tissue">What counts as tissue.</param>
/// <param name="Folder">Where files go.</param>
/// <param name="State">Where the work is saved, and taken up again; removed by the walk.</param>
public sealed record SlideWork(Slide Slide, SlideTissue Tissue, string Folder, HeatmapState State)
{
    /// <summary>Told how many of how many are done.</summary>
    public Action<int, int>? Progress { get; init; }

    /// <summary>Asked between batches.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>The slide's file name without extension.</summary>
    public string Name => Path.GetFileNameWithoutExtension(Slide.Path);
}

/// <summary>What came of a slide.</summary>
/// <param name="Name">Its file name without extension.</param>
/// <param name="Score">The greatest probability; null where the method has no such thing.</param>
/// <param name="Text">The same in words, after the name.</param>
public record SlideOutcome(string Name, double? Score, string Text)
{
    /// <summary>What the run has seen of it, see <see cref="SeenImage.TrainedOn"/>; empty (default) for nothing that is known.</summary>
    public string TrainedOn { get; init; } = "";

    /// <summary>In what it looks like nothing that the run was trained on; null (default) where it does not.</summary>
    public string? Unfamiliar { get; init; }

    /// <summary>The picture that shows what came of it, where that is no heatmap; null (default) for none.</summary>
    public string? Picture { get; init; }

    /// <summary>What <c>summary.json</c> says of it besides.</summary>
    public JsonObject Figures { get; init; } = [];
}

/// <summary>A slide that was predicted now.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Record">What its record says besides the key.</param>
public sealed record FinishedSlide(SlideOutcome Outcome, JsonObject Record);

/// <summary>The slides of a call.</summary>
/// <param name="Folder">Where their files are.</param>
/// <param name="Outcomes">Those that are finished.</param>
/// <param name="Failures">The others.</param>
public sealed record WalkedSlides(
    string Folder,
    IReadOnlyList<SlideOutcome> Outcomes,
    IReadOnlyList<FailedFile> Failures
);

/// <summary>What is said over all slides of a call.</summary>
/// <param name="Figures">At the head of <c>summary.json</c>.</param>
/// <param name="Text">In words; null for none.</param>
public sealed record SlideTotals(JsonObject Figures, string? Text);
