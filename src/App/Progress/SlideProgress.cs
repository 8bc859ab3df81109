using System.Globalization;
using Coverslip.Learning.SlideWalk;
using Coverslip.Methods.TumorDetection;

namespace Coverslip.App.Progress;

/// <summary>Shows what a run on slides is at beside its training: slides opened, windows of test slides.</summary>
internal sealed class SlideProgress(int files) : ITestProgress, IDisposable
{
    private readonly Lock gate = new();
    private ProgressLine? line;
    private string? slide;

    public void Opened(int slides)
    {
        lock (gate)
        {
            line ??= new ProgressLine("opening slides", files, "slides");
            line.Report(slides);
        }
    }

    public void Predicted(string name, int done, int windows)
    {
        if (slide != name)
        {
            Dispose();
            // Windows of an earlier call took this one no time: rate and time left count from here.
            (slide, line) = (name, new ProgressLine($"testing {name}", windows, "patches"));
        }
        line!.Report(done);
    }

    public void Finished(HeatmapOutcome outcome)
    {
        Dispose();
        Console.Error.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"tested {outcome.Name}: probability {outcome.Score:0.000}, detections {outcome.Detections}, patches of tissue {outcome.TissueCells}"
            )
        );
    }

    public void Dispose()
    {
        line?.Dispose();
        (line, slide) = (null, null);
    }
}
