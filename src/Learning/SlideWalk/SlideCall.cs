using System.Globalization;
using System.Text.Json.Nodes;

namespace Coverslip.Learning.SlideWalk;

/// <summary>
/// What a slide's score and the places on it are held against. They are two thresholds: a slide may be called negative and
/// have places above the other one.
/// </summary>
/// <param name="Positive">The class that is looked for.</param>
/// <param name="FromScore">From which score on the run calls a slide so; null where it calls none.</param>
/// <param name="AboveProbability">Above which probability a place is a detection.</param>
public sealed record SlideCall(string Positive, double? FromScore, double AboveProbability)
{
    internal const string CalledKey = "called";
    internal const string FromKey = "called_from_score";
    internal const string AboveKey = "detections_above_probability";

    /// <summary>"score 0.700 (the highest probability; not tumor: that is from 0.821)".</summary>
    public string Slide(double score) =>
        FromScore is { } from
            ? Text($"score {score:0.000} (the highest probability; {Called(score)}: {Positive} is from {from:0.000})")
            : Text($"score {score:0.000} (the highest probability)");

    /// <summary>"5 detections (places above 0.5)".</summary>
    public string Places(int detections) =>
        Text($"{detections} {(detections == 1 ? "detection" : "detections")} (places above {AboveProbability})");

    /// <summary>Both thresholds beside a slide's figures.</summary>
    public JsonObject Add(JsonObject figures, double score)
    {
        if (FromScore is { } from)
            (figures[CalledKey], figures[FromKey]) = (Called(score), from);
        figures[AboveKey] = AboveProbability;
        return figures;
    }

    private string Called(double score) => score >= FromScore ? Positive : $"not {Positive}";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
