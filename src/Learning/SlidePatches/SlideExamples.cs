using System.Buffers;
using Coverslip.Files;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Processes;

namespace Coverslip.Learning.SlidePatches;

/// <summary>
/// Examples of slides while the network trains, drawn or all of them. Example n of an epoch depends on the seed, the epoch and
/// n alone: several threads read slides, and what comes when does not depend on them.
/// </summary>
public sealed class SlideExamples : IExamples
{
    private readonly IDrawsPatches training;
    private readonly INetworkRecipe recipe;
    private readonly int readers;
    private readonly long seed;
    private readonly DrawnPatch[] validation;

    /// <param name="training">The training patients' patches.</param>
    /// <param name="validation">The validation patients'; null for none.</param>
    /// <param name="recipe">Size, batch, augmentation.</param>
    /// <param name="patches">Readers, number of validation examples.</param>
    /// <param name="seed">Of all draws.</param>
    public SlideExamples(
        IDrawsPatches training,
        BalancedSampler? validation,
        INetworkRecipe recipe,
        SlidePatchOptions patches,
        long seed
    )
    {
        (this.training, this.recipe, this.seed) = (training, recipe, seed);
        readers = patches.ReaderThreads;
        this.validation =
            validation is null ? []
            : patches.ValidationExamples > 0 ? Fixed(validation, patches.ValidationExamples)
            : [.. new WholeEpochs(validation.Sources, equal: false, recipe.Training.Batch, seed).All];
        ValidationLabels = [.. this.validation.Select(d => d.Label)];
    }

    public int Steps => (int)((PerEpoch + recipe.Training.Batch - 1) / recipe.Training.Batch);

    public long PerEpoch => training.PerEpoch;

    public int? Positive { get; init; }

    public IReadOnlyList<double> ClassShares => training.ClassShares;

    public IReadOnlyList<int> ValidationLabels { get; }

    public IEnumerable<RawBatch> Epoch(int epoch) =>
        Read(
            PerEpoch,
            number =>
            {
                var random = Random(epoch, number);
                var drawn = training.Draw(epoch, number, random);
                var (height, width) = (recipe.Input.Height, recipe.Input.Width);
                return (drawn, ImageChange.Draw(recipe.Augmentation, height, width, random));
            },
            Ranks.Now.Of
        );

    public IEnumerable<RawBatch> Validation() =>
        Read(validation.Length, number => (validation[number], ImageChange.Oriented(0)), whole => new RankShare(whole));

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

    private IEnumerable<RawBatch> Read(
        long count,
        Func<long, (DrawnPatch Drawn, ImageChange Change)> of,
        Func<int, RankShare> shareOf
    )
    {
        var (size, views) = (recipe.Training.Batch, recipe.Views.Count);
        var (height, width) = (recipe.Input.Height, recipe.Input.Width);
        return new BatchPipeline<RawBatch>((int)((count + size - 1) / size), Fill, readers).Run();

        RawBatch Fill(int number)
        {
            var first = (long)number * size;
            var share = shareOf((int)Math.Min(size, count - first));
            var labels = new int[share.Count];
            var pixels = ArrayPool<byte>.Shared.Rent(views * labels.Length * height * width * 4);
            for (var place = 0; place < labels.Length; place++)
            {
                var (drawn, change) = of(first + share.First + place);
                var target = new PatchTarget(pixels, place, labels.Length, height, width);
                drawn.Source.Read(drawn.Label, drawn.Index, change, target);
                labels[place] = drawn.Label;
            }
            return new RawBatch(pixels, labels) { Share = share };
        }
    }
}
