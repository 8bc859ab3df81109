using Coverslip.Learning.Inputs;

namespace Coverslip.Learning.Models;

/// <summary>Examples that are image files, each as often in an epoch as the recipe says.</summary>
/// <param name="reader">Reads them.</param>
/// <param name="training">Training images.</param>
/// <param name="validation">Validation images; may be empty.</param>
/// <param name="recipe">Batch, augmentation.</param>
/// <param name="seed">Of order and augmentation: the part's, and not the recipe's, so that no two parts see the same changes.</param>
public sealed class ImageExamples(
    BatchReader reader,
    IReadOnlyList<Patch> training,
    IReadOnlyList<Patch> validation,
    INetworkRecipe recipe,
    long seed
) : IExamples
{
    public int Steps => (int)((PerEpoch + recipe.Training.Batch - 1) / recipe.Training.Batch);

    public long PerEpoch => (long)training.Count * recipe.Augmentation.Repeats;

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

    public IEnumerable<RawBatch> Epoch(int epoch) => reader.Training(training, recipe.Augmentation, seed, epoch);

    public IEnumerable<RawBatch> Validation() => reader.Plain(validation);
}
