using System.Buffers;
using Coverslip.Files;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;

namespace Coverslip.Learning.SlidePatches;

/// <summary>
/// Examples drawn from slides while the network trains. Example n of an epoch depends on the seed, the epoch and n alone:
/// several threads read slides, and what comes when does not depend on them.
/// </summary>
public sealed class SlideExamples : IExamples
{
    private readonly BalancedSampler training;
    private readonly INetworkRecipe recipe;
    private readonly int readers;
    private readonly long seed;
    private readonly DrawnPatch[] validation;

    /// <param name="training">The training patients' patches.</param>
    /// <param name="validation">The validation patients'; null for none.</param>
    /// <param name="recipe">Size, batch, augmentation.</param>
    /// <param name="patches">Length of an epoch, number of validation examples.</param>
    /// <param name="seed">Of all draws.</param>
    public SlideExamples(
        BalancedSampler training,
        BalancedSampler? validation,
        INetworkRecipe recipe,
        SlidePatchOptions patches,
        long seed
    )
    {
        (this.training, this.recipe, this.seed) = (training, recipe, seed);
        readers = patches.ReaderThreads;
        // Whole batches, at least one; batch normalization cannot take statistics from a single image.
        Steps = Math.Max(1, patches.Examples / recipe.Training.Batch);
        this.validation = validation is null ? [] : Fixed(validation, patches.ValidationExamples);
        ValidationLabels = [.. this.validation.Select(d => d.Label)];
    }

    public int Steps { get; }

    public long PerEpoch => (long)Steps * recipe.Training.Batch;

    public int? Positive { get; init; }

    public IReadOnlyList<double> ClassShares => [0.5, 0.5];

    public IReadOnlyList<int> ValidationLabels { get; }

    public IEnumerable<RawBatch> Epoch(int epoch)
    {
        var batch = recipe.Training.Batch;
        return Read(
            PerEpoch,
            number =>
            {
                var random = Random(epoch, number);
                var drawn = training.Draw(random);
                var (height, width) = (recipe.Input.Height, recipe.Input.Width);
                return (drawn, ImageChange.Draw(recipe.Augmentation, height, width, random));
            }
        );
    }

    public IEnumerable<RawBatch> Validation() =>
        Read(validation.Length, number => (validation[number], ImageChange.Oriented(0)));

    private SeededRandom Random(int epoch, long number) => new(seed + ((number + 1) * 1_000_003), unchecked(epoch + 1));

    /// <summary>As many of each class, drawn once.</summary>
    private DrawnPatch[] Fixed(BalancedSampler sampler, int count)
    {
        var random = new SeededRandom(seed, -1);
        var drawn = new List<DrawnPatch>(count);
        int[] left = [(count + 1) / 2, count / 2];
        while (drawn.Count < count)
        {
            var next = sampler.Draw(random);
            if (left[next.Label]-- > 0)
                drawn.Add(next);
        }
        return [.. drawn];
    }

    private IEnumerable<RawBatch> Read(long count, Func<long, (DrawnPatch Drawn, ImageChange Change)> of)
    {
        var (size, views) = (recipe.Training.Batch, recipe.Views.Count);
        var (height, width) = (recipe.Input.Height, recipe.Input.Width);
        return new BatchPipeline<RawBatch>((int)((count + size - 1) / size), Fill, readers).Run();

        RawBatch Fill(int number)
        {
            var first = (long)number * size;
            var labels = new int[Math.Min(size, count - first)];
            var pixels = ArrayPool<byte>.Shared.Rent(views * labels.Length * height * width * 4);
            for (var place = 0; place < labels.Length; place++)
            {
                var (drawn, change) = of(first + place);
                var target = new PatchTarget(pixels, place, labels.Length, height, width);
                drawn.Source.Read(drawn.Label, drawn.Index, change, target);
                labels[place] = drawn.Label;
            }
            return new RawBatch(pixels, labels);
        }
    }
}
