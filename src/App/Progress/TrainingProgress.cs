using System.Globalization;
using Coverslip.Learning.Loop;

namespace Coverslip.App.Progress;

/// <summary>Shows a training: a line that moves with the steps, and one line that stays per epoch.</summary>
internal sealed class TrainingProgress(string title, int epochs, TrainingTime? time = null)
    : ITrainingProgress,
        IDisposable
{
    private readonly Lock described = new();
    private ProgressLine? line;
    private (string Name, int Epochs) stage = (title, epochs);

    public void Stage(string name, int epochs)
    {
        Dispose();
        time?.Stage(name, epochs);
        stage = ($"{title}, {name}", epochs);
    }

    public void Step(int epoch, int step, int steps, MeanLoss soFar)
    {
        line ??= new ProgressLine($"{stage.Name} epoch {epoch + 1}/{stage.Epochs}, step", steps, "steps");
        line.Report(step, string.Create(CultureInfo.InvariantCulture, $"loss {soFar.Value.Total:0.0000}{Left}"));
    }

    public void Epoch(EpochRow row, RunState state)
    {
        Dispose();
        time?.Epoch(row.Epoch, state.BestEpoch);
        var classes = row.Validation is { Accuracy: not double.NaN } known
            ? string.Create(
                CultureInfo.InvariantCulture,
                $" accuracy {known.Accuracy:0.000}{Area("AUC", known.Auc)}{Area("PR AUC", known.PrecisionRecallArea)}"
            )
            : "";
        var judged = row.Validation is { } v
            ? string.Create(CultureInfo.InvariantCulture, $"  validation loss {v.Loss.Total:0.0000}{classes}")
            : "";
        var waited = row.Pace is { Seconds: > 0 } pace
            ? string.Create(CultureInfo.InvariantCulture, $"  waited {pace.Waited / pace.Seconds:0 %}")
            : "";
        ProgressDisplay.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{stage.Name} epoch {row.Epoch + 1}/{stage.Epochs}  loss {row.Training.Value.Total:0.0000}{judged}  moved {row.Moved:0.0e+0}  {row.Seconds:0} s{waited}{(state.BestEpoch == row.Epoch ? "  best" : "")}{Left}"
            )
        );
    }

    /// <summary>Nothing where the validation patients are of one class, or nobody says which is looked for.</summary>
    private static string Area(string name, double area) =>
        double.IsNaN(area) ? "" : string.Create(CultureInfo.InvariantCulture, $" {name} {area:0.000}");

    /// <summary>What is left of the whole training, once an epoch was measured.</summary>
    private string Left => time?.Text is { } text ? $"  {text}" : "";

    public void Described(int done, int images)
    {
        lock (described)
        {
            line ??= new ProgressLine($"{stage.Name} features", images, "images");
            line.Report(done, Left.TrimStart());
        }
    }

    public void Chosen(string settings)
    {
        Dispose();
        ProgressDisplay.Say($"{stage.Name}: {settings}");
    }

    public void Dispose()
    {
        line?.Dispose();
        line = null;
    }
}
