using System.Globalization;
using System.Text.Json.Nodes;

namespace Coverslip.Learning.SlideWalk;

/// <summary>What came of a slide that windows were slid over.</summary>
/// <param name="Name">Its file name without extension.</param>
/// <param name="Score">The heatmap's maximum; 0 without tissue.</param>
/// <param name="Text">The same in words.</param>
/// <param name="Detections">How many there are.</param>
/// <param name="TissueCells">Cells that were looked at, now or before.</param>
public sealed record HeatmapOutcome(string Name, double? Score, string Text, int Detections, int TissueCells)
    : SlideOutcome(Name, Score, Text)
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>The work of this call; null where the heatmap was finished before.</summary>
    public SlidePrediction? Prediction { get; private init; }

    /// <summary>Who answered how many windows; null (default) where one network saw all of them.</summary>
    public WindowShares? Windows { get; private init; }

    /// <summary>Why there is nothing; null where there is something.</summary>
    public string? Empty { get; private init; }

    /// <param name="name">The slide.</param>
    /// <param name="found">Score, detections, cells of tissue.</param>
    /// <param name="made">The work of this call; null for none.</param>
    /// <param name="empty">Why there is nothing; null where there is something.</param>
    /// <param name="call">What slides and places are called, and from where on.</param>
    internal static HeatmapOutcome Of(
        string name,
        (double Score, int Detections, int TissueCells) found,
        SlidePrediction? made,
        string? empty,
        SlideCall call
    )
    {
        var (score, detections, cells) = found;
        var rate = made switch
        {
            null => ", finished before",
            { Predicted: 0 } => "",
            _ => string.Create(Invariant, $", {made.Predicted / made.Seconds:0.0} patches/s"),
        };
        var text = string.Create(
            Invariant,
            $"{call.Slide(score)}, {call.Places(detections)} on {cells} patches of tissue{rate}"
        );
        var kept = made is { StainsKept: > 0 and var n }
            ? $"; {n} patches whose stain could not be measured were used as they are"
            : "";
        var told = empty is null ? text + kept : $"{text}: {empty}";
        return new HeatmapOutcome(name, score, told, detections, cells)
        {
            Prediction = made,
            Empty = empty,
            Figures = call.Add(FiguresOf(detections, cells, made, empty), score),
        };
    }

    /// <summary>The same with who answered how many windows; null leaves it as it is.</summary>
    internal HeatmapOutcome With(WindowShares? shares)
    {
        if (shares is null)
            return this;
        var figures = Figures.DeepClone().AsObject();
        FirstRecord.Add(figures, shares);
        return this with { Windows = shares, Figures = figures, Text = $"{Text}; {FirstRecord.In(shares)}" };
    }

    private static JsonObject FiguresOf(int detections, int cells, SlidePrediction? made, string? empty)
    {
        var json = new JsonObject { ["detections"] = detections, ["tissue_patches"] = cells };
        if (empty is not null)
            json["empty"] = empty;
        if (made is null)
        {
            json["finished_before"] = true;
            return json;
        }
        json["patches_now"] = made.Predicted;
        json["seconds"] = Math.Round(made.Seconds, 2);
        json["pixels_read"] = made.PixelsRead;
        json["stains_kept"] = made.StainsKept;
        return json;
    }
}
