using System.Globalization;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Slides.Heatmaps;

namespace Coverslip.Learning.SlideWalk;

/// <summary>
/// A smaller network that sees all windows of a slide first. A window for which it says less than a threshold keeps
/// its answer; the large network sees the others.
/// </summary>
/// <param name="Model">What looks first: at the large model's resolution, at windows of its own side, stain and size.</param>
/// <param name="Threshold">Probability of the positive class, 0 to 1.</param>
/// <param name="From">What the threshold comes from, in words that mean the same in every call.</param>
public sealed record FirstNetwork(SlideModel Model, double Threshold, string From)
{
    /// <summary>
    /// No threshold that is chosen is above it: what the first network would call positive, the large one sees.
    /// </summary>
    internal const double Most = 0.5;

    /// <summary>The part of a fingerprint that may differ from slide to slide, as the parts that judge them do.</summary>
    internal const string ThresholdPart = $"{Word}.threshold";

    /// <summary>Which of the first run's parts judge a slide, likewise.</summary>
    internal const string JudgedBy = $"{Word}.{TrainedModel.JudgedBy}";

    private const string Word = "first";

    /// <summary>What the threshold was chosen by, in words; null (default) where the caller gave it.</summary>
    public FirstThreshold? Chosen { get; init; }

    /// <summary>A run as it sees windows before another.</summary>
    /// <param name="asked">The first run, and how its threshold comes about.</param>
    /// <param name="run">The other.</param>
    /// <param name="large">The other's model.</param>
    /// <param name="request">How slides are asked to be predicted.</param>
    /// <exception cref="InvalidOperationException">The first run cannot see the other's windows, or kept nothing by which a
    /// threshold could be chosen; the message says what.</exception>
    internal static FirstNetwork Of(FirstRequest asked, TrainedModel run, SlideModel large, PredictionRequest request)
    {
        var (first, path) = (asked.Run, asked.Path);
        var recipe = first.Recipe as IPredictsSlides;
        if (recipe?.ValidationWindows is not { } windows)
            throw new InvalidOperationException(
                $"--first is {path}, a run whose method does not classify windows of slides; give one of tumor-detection, backbone, saganet or probe"
            );
        if (first.MadeOf.Hash == run.MadeOf.Hash)
            throw new InvalidOperationException(
                $"--first is {path}, the run itself, so that nothing would be saved; give a run of a smaller network"
            );
        var (own, other) = (first.Description, run.Description);
        if (own.Positive != other.Positive || !own.Classes.ToHashSet().SetEquals(other.Classes))
            throw new InvalidOperationException(
                $"--first is {path}, whose classes are {Classes(own)}; those of the run are {Classes(other)}: one answer cannot stand for the other; train both on the same classes"
            );
        // Where windows decide, they are seen as they were seen then; a threshold of the caller's is for what the caller asks.
        var chosen = asked.Threshold is null ? FirstThreshold.Of(asked, windows, own.Positive!) : null;
        var oriented = chosen is null ? !request.NoOrientations : windows.Oriented;
        var model = SlideModel.Of(first, own.Mpp is null ? request.Mpp : null, oriented);
        var (mpp, wanted) = (model.Window.Mpp, large.Window.Mpp);
        if (Math.Abs(mpp.X - wanted.X) > 0.01 * wanted.X || Math.Abs(mpp.Y - wanted.Y) > 0.01 * wanted.Y)
            throw new InvalidOperationException(
                $"--first is {path}, a run at {mpp}, and the run is at {wanted}: their windows do not lie on one grid; train both at the same resolution (patches.mpp)"
            );
        return new FirstNetwork(
            model with
            {
                Window = model.Window with { Mpp = wanted },
            },
            asked.Threshold ?? chosen!.Value,
            chosen is null ? string.Create(CultureInfo.InvariantCulture, $"given {asked.Threshold:R}") : chosen.Rule
        )
        {
            Chosen = chosen,
        };
    }

    /// <summary>In a line: which windows keep the first network's answer, and why those.</summary>
    public string Text =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"first network: windows that it gives less than {Threshold:0.####} keep its answer"
        ) + (Chosen is null ? "" : $"; {Chosen.Text}");

    internal Fingerprint AddTo(Fingerprint to) =>
        to.Add(Word, Model.MadeOf)
            .Add($"{Word}.windows.side", $"{Model.Window.Side}")
            .Add($"{Word}.windows.input", $"{Model.Window.Input}")
            .Add($"{Word}.windows.context", Model.Window.Context)
            .Add($"{Word}.threshold_from", From)
            .Add(ThresholdPart, Threshold);

    /// <summary>The large network's heatmap where nothing of it is done yet: pending where it is to look.</summary>
    internal Heatmap Sent(Heatmap seen)
    {
        // Not true of cells without tissue, which have no number.
        float[] values = [.. seen.Values.ToArray().Select(p => p >= Threshold ? Heatmap.Pending : p)];
        return new Heatmap(seen.Grid, values);
    }

    private static string Classes(RunDescription run) =>
        $"{string.Join(", ", run.Classes)} ({run.Positive ?? "none"} looked for)";
}
