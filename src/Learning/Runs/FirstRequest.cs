namespace Coverslip.Learning.Runs;

/// <summary>A smaller run that is asked to see all windows of slides first, so that the large one sees fewer.</summary>
/// <param name="Run">The smaller run.</param>
/// <param name="Path">Where it lies, for errors.</param>
public sealed record FirstRequest(TrainedModel Run, string Path)
{
    /// <summary>
    /// From which of its probabilities on, 0 to 1, the large run sees a window; null (default): the run's validation windows
    /// decide, by <see cref="Keeps"/>.
    /// </summary>
    public double? Threshold { get; init; }

    /// <summary>The share of its validation windows of the positive class that the large run would see; by default 0.995.</summary>
    public double Keeps { get; init; } = 0.995;
}
