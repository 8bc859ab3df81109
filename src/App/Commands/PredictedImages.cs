using System.Globalization;
using Coverslip.App.Reports;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;

namespace Coverslip.App.Commands;

/// <summary>What <c>predict</c> tells of image files: a short table on screen, and the report beside predictions.csv.</summary>
/// <param name="model">The run.</param>
/// <param name="patches">The images.</param>
/// <param name="predictions">What the run says of them, in their order.</param>
/// <param name="seen">What it was trained on of them; null where it does not say.</param>
internal sealed class PredictedImages(
    TrainedModel model,
    PatchSet patches,
    Predictions predictions,
    IReadOnlyList<SeenImage>? seen
)
{
    /// <summary>Pixels of radiographs and what is laid over them: with 60 of two pictures each about 5 MB.</summary>
    private const int MappedSide = 420;

    /// <summary>Named files are known by their names where these tell them apart.</summary>
    private readonly bool byName =
        predictions.Rows.All(r => Path.IsPathRooted(r.Image))
        && predictions.Rows.DistinctBy(r => Path.GetFileName(r.Image)).Count() == predictions.Rows.Count;

    /// <summary>Where findings truly are, as far as the cohort's boxes tell.</summary>
    private readonly ILookup<string, FindingBox> boxes = BoxesFile.Beside(patches.Cohort).ToLookup(b => b.Image);

    /// <summary>The mask of an image; null (default) for none.</summary>
    public Func<CohortRow, string?> MaskOf { get; init; } = _ => null;

    /// <summary>Where the overlay of an image's finding would lie, by default nowhere.</summary>
    public Func<string, string, string> OverlayOf { get; init; } = (_, _) => "";

    /// <summary>The images in the order in which someone should look, those that the report shows with all it shows.</summary>
    public PredictedCases Cases(CancellationToken stop)
    {
        var cases = patches.Patches.Select((patch, i) => (Patch: patch, Place: i, Case: Of(i))).ToArray();
        var order = PredictedCases.Ordered(cases.Select(c => c.Case));
        var shown = order.Take(PredictionReport.MostShown).ToHashSet(ReferenceEqualityComparer.Instance);
        var full = new Dictionary<PredictedCase, PredictedCase>(ReferenceEqualityComparer.Instance);
        // Parts of a run see images each in their own way: each image beside training images of a part that judges it.
        foreach (
            var group in cases.Where(c => shown.Contains(c.Case)).GroupBy(c => string.Join(',', JudgesOf(c.Place)))
        )
        {
            var (these, judges) = (group.ToArray(), model.Only(JudgesOf(group.First().Place)));
            var near = judges.Nearest(patches, [.. these.Select(c => c.Patch)], PredictionReport.NearShown, stop);
            foreach (var (k, one) in these.Index())
                full[one.Case] = one.Case with
                {
                    Pictures = [.. PicturesOf(one.Patch, predictions.Rows[one.Place])],
                    Near = near is null ? [] : [.. near[k].Select(NearPicture.Of)],
                };
        }
        return new PredictedCases("image", [.. order.Select(c => full.GetValueOrDefault(c, c))], "predictions.csv")
        {
            Legend =
                predictions.MultiLabel && (boxes.Count > 0 || full.Values.Any(c => c.Pictures.Count > 1))
                    ? ColorScale.OfMaps(
                        "beside a radiograph, for each finding that is named: share of its map's maximum",
                        [.. boxes.Count > 0 ? [LegendMark.TrueBox] : Array.Empty<LegendMark>(), LegendMark.HalfFrame]
                    )
                    : null,
            Sections = DoubtSection.Of(predictions, model.Parts, "image") is { } doubt ? [doubt] : [],
            ScoreIs =
                predictions.MultiLabel
                    ? "The score is the probability of the finding that is furthest above its threshold, or nearest below it."
                : model.Description.Positive is { } positive && predictions.Classes.Count == 2
                    ? $"The score is the probability of {positive}."
                : "The score is the probability of the class that was called, the most probable one.",
        };
    }

    /// <summary>What to tell of sets and of images of another kind, a line each.</summary>
    public IEnumerable<string> Doubts => DoubtSection.Lines(predictions, model.Parts);

    /// <summary>What the report says of training cases, or why it names none.</summary>
    public string Near =>
        NearestCases.WhyNone(model) is { } reason ? $"No nearest training cases: {reason}." : NearPicture.Meaning;

    /// <summary>The image, the same under its mask, and where the findings are that it is called.</summary>
    private IEnumerable<Picture> PicturesOf(Patch patch, Prediction said)
    {
        var file = patches.Cohort.ImagePath(patch.Row);
        yield return new Picture(file, said.Image)
        {
            Longest = predictions.MultiLabel ? MappedSide : Picture.Small,
            Boxes = BoxesOf(patch, _ => true),
        };
        if (MaskOf(patch.Row) is { } mask)
            yield return new Picture(file, $"mask of {said.Image}") { Mask = mask, View = MaskView.Dimmed };
        if (!predictions.MultiLabel)
            yield break;
        foreach (var finding in said.Predicted.Split(';', StringSplitOptions.RemoveEmptyEntries))
            if (OverlayOf(said.Image, finding) is var overlay && File.Exists(overlay))
                yield return new Picture(overlay, $"{finding} in {said.Image}")
                {
                    Longest = MappedSide,
                    Boxes = BoxesOf(patch, label => label == finding),
                };
    }

    private IReadOnlyList<PictureBox> BoxesOf(Patch patch, Func<string, bool> wanted)
    {
        var (width, height) = ((double)patch.Source.Size.Width, (double)patch.Source.Size.Height);
        return
        [
            .. boxes[patch.Row.Image]
                .Where(b => wanted(b.Label))
                .Select(b => b.Area)
                .Select(b => new PictureBox(b.X / width, b.Y / height, b.Right / width, b.Bottom / height)),
        ];
    }

    private IReadOnlyList<int> JudgesOf(int place) => seen?[place].Parts ?? [.. model.Parts.Select(p => p.Part)];

    private PredictedCase Of(int place)
    {
        var (row, judges) = (predictions.Rows[place], model.Only(JudgesOf(place)));
        string[] empty = patches.Patches[place].Empty ? ["no valid area in its mask"] : [];
        var (score, threshold, margin) = Score(row, judges);
        return new PredictedCase(
            byName ? Path.GetFileName(row.Image) : row.Image,
            row.Predicted.Length > 0 ? row.Predicted : "none",
            score,
            threshold
        )
        {
            Notes =
            [
                .. PredictedCase.NotesOf(
                    row.TrainedOn,
                    model.Unfamiliar(patches.Patches[place].Source.Look!) ?? FarNote(row)
                ),
                .. empty,
                .. UndecidedNote(row),
            ],
            Margin = margin,
        };
    }

    private static string? FarNote(Prediction row) =>
        row.IsUnfamiliar
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"its features are {row.Unfamiliar:0.00} times as far from the training images as those of known patients"
            )
            : null;

    /// <summary>Where the promise cannot be kept, every set is undecided, which says nothing of this image.</summary>
    private IEnumerable<string> UndecidedNote(Prediction row) =>
        row.Set.Count > 1 && model.Parts.Any(p => p.Conformal is { Keeps: true })
            ? [$"undecided: {string.Join($" {Predictions.SetSeparator} ", row.Set)}"]
            : [];

    private (double Score, double? Threshold, double Margin) Score(Prediction row, TrainedModel judges)
    {
        var p = row.Probabilities;
        if (predictions.MultiLabel)
        {
            var from = judges.Parts.All(part => part.Thresholds is not null)
                ? (Func<int, double>)(f => judges.Parts.Average(part => part.Thresholds![f]))
                : _ => 0.5;
            var most = Enumerable.Range(0, p.Count).MaxBy(f => p[f] - from(f));
            return (p[most], from(most), Enumerable.Range(0, p.Count).Min(f => Math.Abs(p[f] - from(f))));
        }
        if (p.Count == 2 && model.Description.Positive is { } positive)
        {
            var (score, threshold) = (
                p[predictions.Classes.Index().First(c => c.Item == positive).Index],
                judges.Threshold ?? 0.5
            );
            return (score, threshold, Math.Abs(score - threshold));
        }
        var sorted = p.OrderDescending().ToArray();
        return (sorted[0], null, sorted.Length > 1 ? sorted[0] - sorted[1] : 1);
    }
}
