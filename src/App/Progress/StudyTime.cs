using Coverslip.Learning.Models;

namespace Coverslip.App.Progress;

/// <summary>What a training of a study took.</summary>
/// <param name="Seconds">In all.</param>
/// <param name="Training">Of these its epochs.</param>
/// <param name="Epochs">How many these were.</param>
internal sealed record TimedTraining(double Seconds, double Training, int Epochs);

/// <summary>How long the rest of a study takes, model by model: a model that was not timed yet is said so.</summary>
/// <param name="jobs">Trainings at the same time.</param>
internal sealed class StudyTime(int jobs)
{
    private readonly Dictionary<string, List<TimedTraining>> timed = new(StringComparer.Ordinal);

    /// <summary>A training of a model took so long.</summary>
    public void Took(string model, TimedTraining training)
    {
        if (!timed.TryGetValue(model, out var before))
            timed[model] = before = [];
        before.Add(training);
    }

    /// <summary>What is left, in words: "23 – 31 min left", and how many models were not timed; null where nothing was timed.</summary>
    /// <param name="open">The trainings that are not finished, each by its model.</param>
    public string? Text(IReadOnlyList<(string Model, StageLength Stage)> open)
    {
        var unknown = open.Where(o => !timed.ContainsKey(o.Model)).ToArray();
        var range = unknown.Length < open.Count ? $"{Left(open)} left" : null;
        if (unknown.Length == 0)
            return range;
        var untimed = $"{unknown.Length} trainings of models that were not timed yet";
        return range is null ? $"then {untimed}" : $"{range}, and {untimed}";
    }

    /// <summary>What is left of the trainings whose model was timed.</summary>
    internal TimeLeft Left(IReadOnlyList<(string Model, StageLength Stage)> open)
    {
        TimeLeft[] each = [.. open.Where(o => timed.ContainsKey(o.Model)).Select(o => Of(timed[o.Model], o.Stage))];
        if (each.Length == 0)
            return default;
        // Side by side the last one ends alone, and one that is at work may be nearly done.
        return new TimeLeft(
            each.Sum(e => e.Low) / jobs - (jobs > 1 ? each.Max(e => e.Low) : 0),
            each.Sum(e => e.High) / jobs + (jobs > 1 ? each.Max(e => e.High) : 0)
        ).After(0);
    }

    private static TimeLeft Of(IReadOnlyList<TimedTraining> before, StageLength stage)
    {
        var whole = before.Select(b => b.Seconds).ToArray();
        if (stage.Epochs == 0)
            return TimeLeft.Of(whole, 1, 1);
        var beside = TimeLeft.Of([.. before.Select(b => Math.Max(0, b.Seconds - b.Training))], 1, 1);
        var epochs = before.Select(b => b.Training / Math.Max(b.Epochs, 1)).ToArray();
        return TimeLeft.Of(epochs, stage.Fewest, stage.Epochs) + beside;
    }
}
