using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Inputs;

namespace Coverslip.Learning.Runs;

/// <summary>A recipe whose runs say something of several files together, such as a patient's images, and not of each.</summary>
public interface IPredictsTogether
{
    /// <summary>Whether a cohort's files are predicted so; otherwise each is for itself, as slides are.</summary>
    bool TakesTogether(Cohort cohort);

    /// <summary>A row to what is predicted together, under its first file.</summary>
    /// <param name="run">The run.</param>
    /// <param name="task">What is predicted.</param>
    /// <param name="stop">Stops between files.</param>
    /// <exception cref="InvalidDataException">Files that do not belong to the run; the message says why.</exception>
    Predictions PredictTogether(TrainedModel run, TogetherTask task, CancellationToken stop);
}

/// <summary>Files that are predicted together.</summary>
/// <param name="Cohort">As the recipe takes it.</param>
/// <param name="Folder">Where files go.</param>
public sealed record TogetherTask(Cohort Cohort, string Folder)
{
    /// <summary>What the run has seen of each row; null (default): it does not say, and all its parts judge all.</summary>
    public IReadOnlyList<SeenImage>? Seen { get; init; }

    /// <summary>Refuses an image that the run does not suit, when it is read; none by default.</summary>
    public Action<CohortRow, SourceImage>? Check { get; init; }

    /// <summary>Told how many files are done.</summary>
    public Action<int>? Progress { get; init; }
}
