using System.Buffers;
using Coverslip.Files;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;

namespace Coverslip.Learning.SlidePatches;

/// <summary>
/// Examples of slides while the network trains, drawn or all of them. Example n of an epoch depends on the seed, the epoch and
/// n alone: several threads read slides, and what comes when does not depend on them.
/// </summary>
public sealed class SlideExamples : IExamples
{
    private readonly BalancedSampler training;
    private readonly WholeEpochs? whole; // null: draws
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
        var batch = recipe.Training.Batch;
        if (patches.Sampling != PatchSampling.Balanced)
            whole = new WholeEpochs(training.Sources, patches.Sampling == PatchSampling.Equal, seed);
        // Whole batches of draws, at least one; batch normalization cannot take statistics from a single image.
        PerEpoch =
            whole is null ? Math.Max(1, patches.Examples / batch) * (long)batch
            : whole.Count % batch == 1 && whole.Count > 1 ? whole.Count - 1
            : whole.Count;
        Steps = (int)((PerEpoch + batch - 1) / batch);
        this.validation =
            validation is null ? []
            : patches.ValidationExamples > 0 ? Fixed(validation, patches.ValidationExamples)
            : [.. new WholeEpochs(validation.Sources, equal: false, seed).All];
        ValidationLabels = [.. this.validation.Select(d => d.Label)];
    }

    public int Steps { get; }

    public long PerEpoch { get; }

    public int? Positive { get; init; }

    /// <summary>Of patches drawn alike a half each; of all of them as many as there are.</summary>
    public IReadOnlyList<double> ClassShares =>
        whole is null || whole.Count < whole.Patches.Sum()
            ? [0.5, 0.5]
            : [.. whole.Patches.Select(p => (double)p / whole.Count)];

    public IReadOnlyList<int> ValidationLabels { get; }

    public IEnumerable<RawBatch> Epoch(int epoch)
    {
        var all = whole?.Epoch(epoch);
        return Read(
            PerEpoch,
            number =>
            {
                var random = Random(epoch, number);
                var drawn = all?.Invoke(number) ?? training.Draw(random);
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
