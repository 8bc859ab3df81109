using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Progress;
using Coverslip.Learning.SlidePatches;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Tissue;

namespace Coverslip.Methods.TumorDetection;

/// <summary>Predicts the test slides of a part, and writes what is true of them beside it.</summary>
/// <param name="model">The part's model.</param>
/// <param name="options">Stride, orientations, detections.</param>
/// <param name="folder">The part's folder.</param>
/// <param name="progress">Told how it goes.</param>
/// <param name="tissueOf">What counts as tissue.</param>
internal sealed class SlideTest(
    SlideModel model,
    TestOptions options,
    string folder,
    IWorkProgress progress,
    Func<Slide, SlideTissue> tissueOf
)
{
    /// <summary>Heatmaps, detections and scores go to <c>slides/</c>, true masks to <c>truth/</c>.</summary>
    /// <param name="slides">The slides.</param>
    /// <param name="members">The parts' folders of an ensemble, whose heatmaps stand for its own; empty for others.</param>
    /// <param name="classes">Names of the classes.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <exception cref="OperationCanceledException">Stopped; calling again goes on within the slide.</exception>
    /// <exception cref="Slides.Formats.UnreadableSlideException">A slide that cannot be read: a figure over the others
    /// would not be that of the part.</exception>
    public IReadOnlyList<(CohortRow Row, double Score)> Run(
        IReadOnlyList<SlideSource> slides,
        IReadOnlyList<string> members,
        IReadOnlyList<string> classes,
        CancellationToken stop
    )
    {
        var prediction = new SlidePredictionOptions { Stride = options.Stride, Batch = options.Batch };
        var heatmaps = new HeatmapPrediction(model, prediction, options.Detection)
        {
            Members = [.. members.Select(TestFiles.SlidesFolder)],
        };
        var walk = new SlideWalk(heatmaps, TestFiles.SlidesFolder(folder)) { TissueOf = tissueOf };
        var outcomes = new List<SlideOutcome>();
        foreach (var source in slides)
        {
            var name = TestFiles.NameOf(source.Row);
            TruthMask.Write(folder, source.Row, source.Slide, source.Areas.TumorUnknown ? null : source.Areas.Tumor);
            IWorkSteps? steps = null;
            var outcome = (HeatmapOutcome)
                walk.Predict(
                    source.Slide,
                    (done, windows) => (steps ??= progress.Begin($"testing {name}", windows, "patches")).Report(done),
                    stop
                );
            steps?.Dispose();
            outcomes.Add(outcome);
            progress.Note(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"tested {name}: probability {outcome.Score:0.000}, detections {outcome.Detections}, patches of tissue {outcome.TissueCells}"
                )
            );
        }
        walk.Summarize(outcomes, []);
        var figures = DetectionFigures.Of(
            [new TestedPart(folder, [.. slides.Select(s => s.Row)])],
            classes,
            model.Positive
        );
        figures.Write(folder);
        return [.. slides.Zip(outcomes, (s, o) => (s.Row, o.Score!.Value))];
    }
}
