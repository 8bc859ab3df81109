using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;

namespace Coverslip.Learning.Loop;

/// <summary>Where the training loop's examples come from: image files, or places on slides.</summary>
public interface IExamples
{
    /// <summary>Batches of a training epoch.</summary>
    int Steps { get; }

    /// <summary>Training examples of an epoch.</summary>
    long PerEpoch { get; }

    /// <summary>How often each class comes in training, in any unit; for weights of classes.</summary>
    IReadOnlyList<double> ClassShares { get; }

    /// <summary>A training epoch; the same epoch is the same batches, whatever was read before.</summary>
    IEnumerable<RawBatch> Epoch(int epoch);

    /// <summary>Classes of the validation examples, in their order; empty where nothing validates.</summary>
    IReadOnlyList<int> ValidationLabels { get; }

    /// <summary>
    /// Share of the training examples that show each finding, where an example may show several; null, the default, with
    /// one class to an example.
    /// </summary>
    IReadOnlyList<double>? FindingShares => null;

    /// <summary>What the validation examples show, in their order; null with one class to an example.</summary>
    IReadOnlyList<IReadOnlyList<bool>>? ValidationFindings => null;

    /// <summary>The validation examples, the same each time.</summary>
    IEnumerable<RawBatch> Validation();
}

/// <summary>Examples that are image files, each once in an epoch.</summary>
/// <param name="reader">Reads them.</param>
/// <param name="training">Training images.</param>
/// <param name="validation">Validation images; may be empty.</param>
/// <param name="recipe">Batch, augmentation, seed.</param>
public sealed class ImageExamples(
    BatchReader reader,
    IReadOnlyList<Patch> training,
    IReadOnlyList<Patch> validation,
    INetworkRecipe recipe
) : IExamples
{
    public int Steps => (training.Count + recipe.Training.Batch - 1) / recipe.Training.Batch;

    public long PerEpoch => training.Count;

    public IReadOnlyList<double> ClassShares
    {
        get
        {
            var counts = training.CountBy(p => p.Label).ToDictionary();
            return [.. Enumerable.Range(0, counts.Keys.Max() + 1).Select(c => (double)counts.GetValueOrDefault(c))];
        }
    }

    public IReadOnlyList<double>? FindingShares =>
        training[0].Findings is { } findings
            ? [.. findings.Select((_, f) => training.Count(p => p.Findings![f]) / (double)training.Count)]
            : null;

    public IReadOnlyList<IReadOnlyList<bool>>? ValidationFindings { get; } =
        validation.Count > 0 && validation[0].Findings is not null ? [.. validation.Select(p => p.Findings!)] : null;

    public IReadOnlyList<int> ValidationLabels { get; } = [.. validation.Select(p => p.Label)];

    public IEnumerable<RawBatch> Epoch(int epoch) => reader.Training(training, recipe.Augmentation, recipe.Seed, epoch);

    public IEnumerable<RawBatch> Validation() => reader.Plain(validation);
}
