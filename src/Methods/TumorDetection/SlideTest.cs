using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Progress;
using Coverslip.Learning.SlidePatches;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.Methods.TumorDetection;

/// <summary>Predicts the test slides of a part, and writes what is true of them beside it.</summary>
/// <param name="model">The part's model.</param>
/// <param name="options">Stride, orientations, detections.</param>
/// <param name="folder">The part's folder.</param>
/// <param name="progress">Told how it goes.</param>
internal sealed class SlideTest(SlideModel model, TestOptions options, string folder, IWorkProgress progress)
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
        var prediction = new SlidePredictionOptions
        {
            Stride = options.Stride,
            Batch = options.Batch,
            Measure = false,
        };
        var work = new SlideRun(model, prediction, options.Detection);
        var outcomes = new List<SlideOutcome>();
        foreach (var source in slides)
        {
            var files = TestFiles.Of(folder, source.Row);
            TruthMask.Write(folder, source);
            work.Average(source.Slide, files, [.. members.Select(m => TestFiles.Of(m, source.Row))]);
            IWorkSteps? steps = null;
            var outcome = work.Predict(
                source.Slide,
                files,
                (done, windows) => (steps ??= progress.Begin($"testing {files.Name}", windows, "patches")).Report(done),
                stop
            );
            steps?.Dispose();
            outcomes.Add(outcome);
            progress.Note(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"tested {outcome.Name}: probability {outcome.Score:0.000}, detections {outcome.Detections}, patches of tissue {outcome.TissueCells}"
                )
            );
        }
        new SlideSummary(outcomes, [], work.Rates, options.Detection).Write(TestFiles.SlidesFolder(folder));
        var figures = DetectionFigures.Of(
            [new TestedPart(folder, [.. slides.Select(s => s.Row)])],
            classes,
            model.Positive
        );
        figures.Write(folder);
        return [.. slides.Zip(outcomes, (s, o) => (s.Row, o.Score))];
    }
}
