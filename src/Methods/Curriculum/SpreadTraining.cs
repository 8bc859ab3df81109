using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;

namespace Coverslip.Methods.Curriculum;

/// <summary>A batch, and whose it is.</summary>
internal readonly record struct SourcedBatch(ClassifierTraining Source, RawBatch Batch);

/// <summary>Steps that are laid between those of another training.</summary>
/// <param name="Source">What they learn from.</param>
/// <param name="PerEpoch">Batches in an epoch of it.</param>
/// <param name="All">How many of them there are in the whole training.</param>
internal sealed record FurtherSteps(ClassifierTraining Source, int PerEpoch, long All);

/// <summary>
/// Whole images, and between their batches further ones, in an order drawn anew in each epoch: the controls of a curriculum,
/// which take exactly as many steps as it does, and validate as often.
/// </summary>
/// <param name="whole">Whole images, whose validation judges.</param>
/// <param name="wholeSteps">Batches in an epoch of them.</param>
/// <param name="further">Laid between them, as evenly over the epochs as whole numbers allow.</param>
/// <param name="recipe">Epochs and seed.</param>
internal sealed class SpreadTraining(
    ClassifierTraining whole,
    int wholeSteps,
    FurtherSteps further,
    CurriculumRecipe recipe
) : ITrainingRule<SourcedBatch>
{
    private readonly int epochs = recipe.Training.Epochs;

    public IReadOnlyList<TrainedStore> Stores => whole.Stores;

    public int Steps => wholeSteps + (int)((further.All + epochs - 1) / epochs);

    public long PerEpoch => whole.PerEpoch + (further.All * further.Source.PerEpoch / further.PerEpoch / epochs);

    public string Remedy => whole.Remedy;

    public IEnumerable<SourcedBatch> Epoch(int epoch)
    {
        var (from, to) = (further.All * epoch / epochs, further.All * (epoch + 1) / epochs);
        bool[] isFurther = [.. Enumerable.Repeat(true, (int)(to - from)), .. Enumerable.Repeat(false, wholeSteps)];
        new SeededRandom(recipe.Seed + 3, epoch).Shuffle(isFurther.AsSpan());
        using var between = Further(from).GetEnumerator();
        using var own = whole.Epoch(epoch).GetEnumerator();
        foreach (var next in isFurther)
        {
            var (batches, source) = next ? (between, further.Source) : (own, whole);
            if (!batches.MoveNext())
                throw new InvalidOperationException("an epoch has fewer batches than were counted");
            yield return new SourcedBatch(source, batches.Current);
        }
    }

    public StepLoss Gradients(SourcedBatch batch, CancellationToken stop) => batch.Source.Gradients(batch.Batch, stop);

    public Judged? Judge(CancellationToken stop) => whole.Judge(stop);

    /// <summary>From a step on, through the epochs of their own.</summary>
    private IEnumerable<RawBatch> Further(long from)
    {
        for (var epoch = (int)(from / further.PerEpoch); ; epoch++)
        {
            var done = (int)Math.Max(0, from - ((long)epoch * further.PerEpoch));
            foreach (var batch in further.Source.Epoch(epoch).Skip(done))
                yield return batch;
        }
    }
}
