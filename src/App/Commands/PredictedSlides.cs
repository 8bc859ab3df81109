using System.Text.Json.Nodes;
using Coverslip.App.Reports;
using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.App.Commands;

/// <summary>What <c>predict</c> tells of slides: a short table on screen, and the report beside slide_scores.csv.</summary>
internal static class PredictedSlides
{
    private const string NoneNear =
        "No nearest training cases: what is called is a slide, by thousands of places, and what was learned from were places; heatmap and detections show which of them decided.";

    /// <param name="summary">All slides.</param>
    /// <param name="files">Where they lie, and what predicted them.</param>
    /// <param name="folder">Where the tables lie.</param>
    /// <param name="first">What a smaller network that looked first answers; null without.</param>
    internal static void Tell(SlideSummary summary, PredictedFiles files, string folder, string? first)
    {
        if (summary.Outcomes.Count == 0)
            return;
        var ordered = PredictedCases.Ordered(summary.Outcomes.Select(Of));
        var cases = new PredictedCases("slide", ordered, Path.GetFileName(SlideSummary.ScoresIn(folder)))
        {
            Further = ["tissue (patches)", "detections"],
            ScoreIs = "The score is the highest probability on the slide; detections have a threshold of their own.",
            Sections = [Pictures(ordered, files, folder)],
        };
        ConsoleTable.Write(cases.Short());
        if (cases.Rest is { } rest)
            Console.WriteLine(rest);
        var failed = summary.Failures.Select(f => $"{f.Name} could not be predicted: {f.Reason}");
        string[] notes = first is null ? [] : [$"note: {first}"];
        var report = PredictionReport.Write(folder, cases, files.Run, [.. files.Notes, .. notes, .. failed], NoneNear);
        Console.WriteLine($"report: {report}");
    }

    private static ReportSection Pictures(IReadOnlyList<PredictedCase> ordered, PredictedFiles files, string folder)
    {
        var shown = ordered.Take(ReportedSlides.Most).Select(c => Shown(c, files.PathOf(c.Name), folder)).ToArray();
        return ReportSection.Of(
            "slides",
            "Slides",
            [
                new Note(
                    $"Left the slide, right the heatmap over it, in the order of the table. {shown.Length} of {FigureText.Count(ordered.Count, "slide")} {(shown.Length == 1 ? "is" : "are")} shown."
                ),
                .. ReportedSlides.Blocks(
                    shown,
                    [.. ordered.Skip(ReportedSlides.Most).Select(c => c.Name)],
                    "this folder"
                ),
            ]
        );
    }

    private static MappedSlide Shown(PredictedCase of, string slide, string folder)
    {
        var seen = ReportedSlides.Of(slide, of.Name, new SlideFiles(folder, of.Name));
        var called = of.Called.Length > 0 ? $"{of.Called}, " : "";
        return seen with
        {
            Caption =
            [
                new Words($"{of.Name}: {called}score {FigureText.Number(of.Score)}"),
                .. of.Notes.Select(n => new Words(n, WordStyle.Wrong)),
                .. seen.Caption,
            ],
        };
    }

    /// <summary>A slide that was segmented.</summary>
    internal static SegmentedCase Segmented(SlideOutcome outcome, string path) =>
        new(path, outcome.Figures["foreground_share"]?.GetValue<double>(), outcome.Picture)
        {
            TrainedOn = outcome.TrainedOn,
            Unfamiliar = outcome.Unfamiliar,
        };

    private static PredictedCase Of(SlideOutcome outcome)
    {
        string Text(params string[] keys) =>
            keys.Select(k => outcome.Figures[k]).OfType<JsonNode>().FirstOrDefault()?.ToString() ?? FigureText.None;
        var threshold = outcome.Figures["called_from_score"]?.GetValue<double>();
        var empty = outcome.Figures["empty"]?.GetValue<string>();
        return new PredictedCase(
            outcome.Name,
            outcome.Figures["called"]?.GetValue<string>() ?? "",
            outcome.Score,
            threshold
        )
        {
            Notes =
            [
                .. empty is null ? [] : (string[])[empty],
                .. PredictedCase.NotesOf(outcome.TrainedOn, outcome.Unfamiliar),
            ],
            Further = [Text("tissue_patches", "patches"), Text("detections")],
            Margin = outcome.Score is { } score ? Math.Abs(score - (threshold ?? 0.5)) : double.PositiveInfinity,
        };
    }
}
