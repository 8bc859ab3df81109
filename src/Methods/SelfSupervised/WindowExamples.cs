using System.Buffers;
using Coverslip.Files;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Processes;
using Coverslip.Learning.SlidePatches;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>Windows that a network learns from and is validated on.</summary>
/// <param name="Training">Each comes <paramref name="Repeats"/> times in an epoch, in another order and changed anew.</param>
/// <param name="Validation">As they are; may be empty.</param>
/// <param name="Repeats">At least 1.</param>
/// <param name="Seed">Of order and changes.</param>
internal sealed record WindowSet(
    IReadOnlyList<CorpusWindow> Training,
    IReadOnlyList<CorpusWindow> Validation,
    int Repeats,
    long Seed
);

/// <summary>The windows as the training loop takes them; their fourth byte is the truth.</summary>
internal sealed class WindowExamples : IExamples
{
    private readonly WindowSet set;
    private readonly INetworkRecipe recipe;
    private readonly int readers;
    private readonly int batch;

    /// <param name="set">Which windows.</param>
    /// <param name="recipe">Of the stage: size, batch, augmentation.</param>
    /// <param name="readers">Threads that read.</param>
    /// <param name="labeled">Whether what validates has a truth.</param>
    internal WindowExamples(WindowSet set, INetworkRecipe recipe, int readers, bool labeled)
    {
        (this.set, this.recipe, this.readers) = (set, recipe, readers);
        var count = (long)set.Training.Count * set.Repeats;
        batch = (int)Math.Min(recipe.Training.Batch, count);
        Steps = (int)(count / batch); // whole batches: which windows an epoch leaves out changes with its order
        ValidationLabels = labeled ? [.. Validation().SelectMany(Truth)] : [.. set.Validation.Select(_ => 0)];
    }

    public int Steps { get; }

    public long PerEpoch => (long)Steps * batch;

    public IReadOnlyList<double> ClassShares => [0.5, 0.5];

    /// <summary>Of the pixels of <see cref="PixelGrid"/>; of windows without truth a number for each.</summary>
    public IReadOnlyList<int> ValidationLabels { get; }

    public IEnumerable<RawBatch> Epoch(int epoch)
    {
        int[] order = [.. Enumerable.Range(0, set.Training.Count * set.Repeats).Select(i => i % set.Training.Count)];
        var random = new SeededRandom(set.Seed, epoch);
        random.Shuffle(order.AsSpan());
        var (height, width) = (recipe.Input.Height, recipe.Input.Width);
        return Read(
            (int)PerEpoch,
            number =>
            {
                var own = new SeededRandom(set.Seed + 1, unchecked((epoch * 1_000_003) + number));
                return (set.Training[order[number]], ImageChange.Draw(recipe.Augmentation, height, width, own));
            },
            Ranks.Now.Of
        );
    }

    public IEnumerable<RawBatch> Validation() =>
        Read(
            set.Validation.Count,
            number => (set.Validation[number], ImageChange.Oriented(0)),
            whole => new RankShare(whole)
        );

    private IEnumerable<int> Truth(RawBatch raw)
    {
        var truth = PixelGrid.Truth(raw.Pixels, raw.Labels.Count, (recipe.Input.Height, recipe.Input.Width)).ToArray();
        ArrayPool<byte>.Shared.Return(raw.Pixels);
        return truth;
    }

    private IEnumerable<RawBatch> Read(
        int count,
        Func<int, (CorpusWindow Window, ImageChange Change)> of,
        Func<int, RankShare> shareOf
    )
    {
        var (height, width) = (recipe.Input.Height, recipe.Input.Width);
        return new BatchPipeline<RawBatch>((count + batch - 1) / batch, Fill, readers).Run();

        RawBatch Fill(int number)
        {
            var first = number * batch;
            var share = shareOf(Math.Min(batch, count - first));
            var labels = new int[share.Count];
            var pixels = ArrayPool<byte>.Shared.Rent(labels.Length * height * width * 4);
            for (var place = 0; place < labels.Length; place++)
            {
                var (window, change) = of(first + share.First + place);
                window.Read(change, new PatchTarget(pixels, place, labels.Length, height, width));
                labels[place] = window.At.Label;
            }
            return new RawBatch(pixels, labels) { Share = share };
        }
    }
}
