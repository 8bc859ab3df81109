using System.Globalization;
using System.Text.Json.Nodes;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Slides.Heatmaps;

namespace Coverslip.Learning.SlideWalk;

/// <summary>
/// Slides a network that classifies windows over slides: heatmaps and detections. Of a finished slide the detections are
/// found anew, since that takes no time and their options may have changed.
/// </summary>
public sealed class HeatmapPrediction : ISlidePrediction
{
    private readonly SlideModel model;
    private readonly SlidePredictionOptions options;
    private readonly DetectionOptions detection;
    private readonly SlidePredictor predictor;
    private readonly CoarseToFine? coarse;

    /// <param name="model">What looks at windows.</param>
    /// <param name="options">How it is slid over slides.</param>
    /// <param name="detection">How detections are made.</param>
    /// <param name="first">A smaller network that sees all windows first; null, the default, for none.</param>
    /// <exception cref="ArgumentException">An option out of its range.</exception>
    public HeatmapPrediction(
        SlideModel model,
        SlidePredictionOptions options,
        DetectionOptions detection,
        FirstNetwork? first = null
    )
    {
        CheckStride(options.Stride, SideOf(model), "the model");
        detection.Check();
        (this.model, this.options, this.detection, First) = (model, options, detection, first);
        predictor = new SlidePredictor(model, options);
        if (first is null)
            return;
        CheckStride(options.Stride, SideOf(first.Model), "the first network");
        coarse = new CoarseToFine(first, new SlidePredictor(first.Model, options), predictor);
    }

    /// <summary>A run whose network classifies windows.</summary>
    /// <param name="method">Its method, as recipes name it.</param>
    /// <param name="run">The run.</param>
    /// <param name="asked">How slides are asked to be predicted.</param>
    /// <param name="stride">Pixels from one window to the next where nobody asks; null: 128, or a smaller window's side.</param>
    /// <param name="detection">How detections are made where nobody asks; null: as by default.</param>
    /// <exception cref="InvalidOperationException">The run does not suit slides, or cannot do what is asked.</exception>
    public static HeatmapPrediction Of(
        string method,
        TrainedModel run,
        PredictionRequest asked,
        int? stride = null,
        DetectionOptions? detection = null
    )
    {
        asked.Only(
            method,
            "--mpp",
            "--stride",
            "--threshold",
            "--radius-microns",
            "--components",
            "--no-orientations",
            "--batch",
            "--save-every",
            "--first"
        );
        var model = SlideModel.Of(run, asked.Mpp, !asked.NoOrientations);
        var usual = new SlidePredictionOptions();
        return new HeatmapPrediction(
            model,
            usual with
            {
                Stride = asked.Stride ?? stride ?? Math.Min(usual.Stride, SideOf(model)),
                Batch = asked.Batch ?? usual.Batch,
                SaveEvery = asked.SaveEvery ?? usual.SaveEvery,
            },
            DetectionOptions.Of(asked, detection),
            asked.First is { } first ? FirstNetwork.Of(first, run, model, asked) : null
        )
        {
            Threshold = run.Description.Threshold,
        };
    }

    /// <summary>The network that sees all windows first; null for none.</summary>
    public FirstNetwork? First { get; }

    /// <summary>From which probability on the run calls a slide positive; null (default) where it calls none.</summary>
    public double? Threshold { get; init; }

    /// <summary>
    /// Folders of the members of an ensemble: the mean of their finished heatmaps of a slide stands for the model's own. None
    /// by default.
    /// </summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    public string Kind => "heatmap";

    public string Unit => "patches";

    public bool Scores => true;

    public (double Mpp, int Side) Window => (model.Window.Mpp.X, SideOf(model));

    public Fingerprint AddTo(Fingerprint to)
    {
        to.Add(model.MadeOf)
            .Add("windows.microns_per_pixel", $"{model.Window.Mpp}")
            .Add("windows.side", $"{model.Window.Side}")
            .Add("windows.input", $"{model.Window.Input}")
            .Add("windows.context", model.Window.Context)
            .Add("windows.stride", options.Stride);
        return First is null ? to : First.AddTo(to);
    }

    public FinishedSlide Predict(SlideWork work)
    {
        var (mean, files) = (MeanOfMembers(work), FilesOf(work));
        var made = mean ?? Slid(work);
        made.Heatmap.Write(files.Heatmap);
        HeatmapPictures.WritePyramid(files.Pyramid, made.Heatmap);
        HeatmapPictures.WriteOverlay(files.Overlay, work.Slide, made.Heatmap);
        made.First?.Heatmap.Write(files.First);
        var outcome = Outcome(work, made.Heatmap, mean is null ? made : null, made.First?.Shares);
        var record = HeatmapRecord.Of(model, made, work.Tissue.Rule);
        if (First is not null && made.First is { Shares: var shares })
            FirstRecord.Add(record, First, shares);
        CoarseToFine.StateOf(work).Remove();
        return new FinishedSlide(outcome, record);
    }

    public SlideOutcome Finished(SlideWork work, JsonObject record) =>
        Outcome(
            work,
            Heatmap.Read(FilesOf(work).Heatmap, predictor.Lay(work.Slide).Grid),
            null,
            First is null ? null : FirstRecord.Read(record)
        );

    public SlideTotals Totals(WalkedSlides walked)
    {
        var json = new JsonObject { ["threshold"] = detection.Threshold };
        if (detection.Components)
            json["components"] = true;
        else
            json[detection.RadiusCells is null ? "radius_microns" : "radius_cells"] =
                detection.RadiusCells ?? detection.RadiusMicrons;
        var shared = First is null ? null : FirstRecord.Add(json, First, walked);
        SlidePrediction[] made =
        [
            .. walked
                .Outcomes.OfType<HeatmapOutcome>()
                .Select(o => o.Prediction)
                .OfType<SlidePrediction>()
                .Where(p => p.Predicted > 0),
        ];
        if (made.Length == 0)
            return new SlideTotals(json, shared);
        double Rate(Func<SlidePrediction, double> seconds) => made.Sum(p => p.Predicted) / made.Sum(seconds);
        var (all, reading, network) = (Rate(p => p.Seconds), Rate(p => p.Reading), Rate(p => p.Network));
        json["patches_per_second"] = Math.Round(all, 2);
        json["patches_per_second_reading"] = Math.Round(reading, 2);
        json["patches_per_second_network"] = Math.Round(network, 2);
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{all:0.0} patches/s; while it ran, reading {reading:0.0}, the network {network:0.0}"
        );
        return new SlideTotals(json, shared is null ? text : $"{text}; {shared}");
    }

    private static void CheckStride(int stride, int side, string whose)
    {
        if (stride < HeatmapGrid.LeastStride || stride > side)
            throw new ArgumentException(
                $"the stride is {stride} pixels; it goes from {HeatmapGrid.LeastStride} to {side}, the side of "
                    + $"{whose}'s window: beyond it there would be tissue that no window shows"
            );
    }

    private static SlideFiles FilesOf(SlideWork work) => new(work.Folder, work.Name);

    private static int SideOf(SlideModel model) => Math.Min(model.Window.Side.Width, model.Window.Side.Height);

    private SlidePrediction Slid(SlideWork work)
    {
        _ = work.Tissue.Reason; // looked for now, so that the rate does not count the time it takes
        return coarse?.Predict(work)
            ?? predictor.Predict(work.Slide, work.Tissue, work.State, work.Progress, work.Stop);
    }

    /// <summary>Null without members, or where one of them has not finished the slide.</summary>
    /// <exception cref="InvalidDataException">A heatmap of another size.</exception>
    private SlidePrediction? MeanOfMembers(SlideWork work)
    {
        SlideFiles[] members = [.. Members.Select(folder => new SlideFiles(folder, work.Name))];
        if (members.Length == 0 || members.Any(m => SlideRecord.Read(m.Record) is null))
            return null;
        var (_, grid) = predictor.Lay(work.Slide);
        var sums = new double[grid.Cells];
        foreach (var member in members)
        {
            var values = Heatmap.Read(member.Heatmap, grid).Values;
            for (var i = 0; i < sums.Length; i++)
                sums[i] += values[i];
        }
        var mean = new Heatmap(grid, [.. sums.Select(sum => (float)(sum / members.Length))]);
        return new SlidePrediction(mean, 0, 0, 0, 0);
    }

    private HeatmapOutcome Outcome(SlideWork work, Heatmap heatmap, SlidePrediction? made, WindowShares? shares)
    {
        var detections = DetectionFiles.Write(work, heatmap, detection, model.Positive);
        var empty =
            heatmap.TissueCells == 0
                ? $"no tissue: {work.Tissue.Reason ?? "none in the outlines"} ({work.Tissue.Rule})"
                : null;
        return HeatmapOutcome
            .Of(
                work.Name,
                (heatmap.Score, detections, heatmap.TissueCells),
                made,
                empty,
                new SlideCall(model.Positive, Threshold, detection.Threshold)
            )
            .With(shares);
    }
}
