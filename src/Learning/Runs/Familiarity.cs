using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Models;

namespace Coverslip.Learning.Runs;

/// <summary>
/// How far an image is from the nearest training image by a part's features, over how far images of known patients are from
/// those of other patients. Above 1 it is of another kind than all that the part learned from: another organ, stain, scanner.
/// </summary>
/// <param name="cases">What the part makes of its training images.</param>
/// <param name="limit">The distance up to which an image is familiar, above 0.</param>
internal sealed class Familiarity(TrainingCases cases, double limit)
{
    /// <summary>
    /// Of the known patients' images this share is familiar. With less than a hundred patients that is nearly all of them.
    /// </summary>
    private const double Familiar = 0.99;

    /// <summary>Images at a time: their features are held in memory.</summary>
    private const int AtATime = 1024;

    /// <summary>
    /// The distance within which known patients' images lie: training images by their nearest of another patient, and
    /// validation images, which no network has been bent to, by their nearest. Patients count once each. Null where all
    /// training images are one patient's and there are no validation images, or where all are alike.
    /// </summary>
    internal static double? LimitOf(
        TrainingCases cases,
        IReadOnlyList<(CohortRow Row, float[] Features)>? validated,
        CancellationToken stop
    )
    {
        (string, double)[] known =
        [
            .. cases.FromOthers(stop),
            .. (validated ?? []).Select(v => (v.Row.Patient, cases.Nearest(v.Features))),
        ];
        var patients = known.DistinctBy(k => k.Item1).Count();
        return patients > 0 && PatientQuantile.Reaching(known, Familiar * patients) is { } limit and > 1e-6
            ? limit
            : null;
    }

    /// <summary>Of a run's part, by place; null where it keeps no features, or has no limit.</summary>
    /// <exception cref="InvalidDataException">The file of features is damaged.</exception>
    internal static Familiarity? Of(TrainedModel model, int part) =>
        model.Models[part] is IDescribesImages
        && model.Parts[part].FamiliarDistance is { } limit
        && part < model.Features.Count
        && File.Exists(model.Features[part])
            ? new Familiarity(TrainingCases.Read(model.Features[part]), limit)
            : null;

    /// <summary>Of each image of a task, in their order.</summary>
    /// <exception cref="InvalidDataException">The part's features are of another model.</exception>
    internal IEnumerable<double> Of(IDescribesImages model, PredictionTask task, CancellationToken stop)
    {
        var done = 0;
        foreach (var some in task.Images.Chunk(AtATime))
        {
            foreach (var far in Of(model.Features(task with { Images = some, Progress = null }, stop)!))
                yield return far;
            task.Progress?.Invoke(done += some.Length);
        }
    }

    /// <summary>Of features.</summary>
    internal double[] Of(IReadOnlyList<float[]> features) =>
        [.. features.AsParallel().AsOrdered().Select(f => cases.Nearest(f) / limit)];
}
