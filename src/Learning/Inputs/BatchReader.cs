using System.Buffers;
using Coverslip.Files;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Processes;
using Coverslip.Torch;

namespace Coverslip.Learning.Inputs;

/// <summary>
/// Fills batches on a thread of its own, a few ahead of the training step. It makes no tensors; the thread that owns
/// the
/// step does (<see cref="ToTensors"/>). What a batch holds depends on seed, epoch and place alone, not on timing.
/// </summary>
public sealed class BatchReader(PatchSet set, int batch, Device device)
{
    /// <summary>
    /// A training epoch: shuffled and augmented by seed and epoch, each patch as often as the options say. A last batch of
    /// one image is left out, unless all are.
    /// </summary>
    public IEnumerable<RawBatch> Training(
        IReadOnlyList<Patch> patches,
        AugmentationOptions options,
        long seed,
        int epoch
    )
    {
        var repeats = options.Repeats;
        (Patch Patch, int Copy)[] order =
        [
            .. patches.SelectMany(p => Enumerable.Range(0, repeats).Select(c => (p, c))),
        ];
        var random = new SeededRandom(seed, epoch);
        random.Shuffle(order.AsSpan());
        // Batch normalization cannot take statistics from a single value per channel.
        var whole = order.Chunk(batch).Where(c => c.Length > 1 || batch == 1 || order.Length == 1).ToArray();
        return Filled(
            [.. whole.Select(c => c.Select(p => p.Patch).ToArray())],
            (number, place) =>
            {
                var own = new SeededRandom(seed + 1, unchecked(epoch * 100_003 + number * 4099 + place));
                int? turn = repeats == 1 ? null : unchecked((epoch * repeats) + whole[number][place].Copy);
                return ImageChange.Draw(options, set.Input.Height, set.Input.Width, own, turn);
            },
            options.ChangesFocusOrAngle
                ? (number, place) =>
                {
                    var own = new SeededRandom(seed + 2, unchecked(epoch * 100_003 + number * 4099 + place));
                    return RadiographChange.Draw(options, own);
                }
                : null,
            Ranks.Now.Of
        );
    }

    /// <summary>Batches of a training epoch of so many examples.</summary>
    public static int Steps(long examples, int batch)
    {
        var (whole, left) = ((int)(examples / batch), examples % batch);
        return whole + (left > 1 || (left == 1 && whole == 0) ? 1 : 0);
    }

    /// <summary>All patches in order, each in one orientation.</summary>
    public IEnumerable<RawBatch> Plain(IReadOnlyList<Patch> patches, int orientation = 0) =>
        Filled([.. patches.Chunk(batch)], (_, _) => ImageChange.Oriented(orientation));

    /// <summary>What is computed of each batch of <see cref="Plain"/>, in order; on several threads at once.</summary>
    public IEnumerable<T> Beside<T>(IReadOnlyList<Patch> patches, int orientation, Func<RawBatch, T> compute) =>
        new BatchesBeside(device, batch, (long)set.Input.Width * set.Input.Height).Run(
            Plain(patches, orientation),
            (patches.Count + batch - 1) / batch,
            compute
        );

    /// <summary>The tensors of a filled batch, whose buffer goes back to the pool.</summary>
    public Batch ToTensors(RawBatch raw, IReadOnlyList<double>? classWeights = null) =>
        raw.ToTensors(set.Input, 1, device, classWeights);

    /// <summary>[B, 3, H, W] of colors, standardized where the input says so, and [B, 1, H, W] of masks.</summary>
    public static (Tensor Image, Tensor Mask) Pixels(
        ReadOnlySpan<byte> rgbm,
        int count,
        InputOptions input,
        Device device
    )
    {
        var (height, width) = (input.Height, input.Width);
        var bytes = Tensor.From<byte>(rgbm[..(count * height * width * 4)], count, height, width, 4);
        var pixels = bytes.To(device).To(DType.Float32) * (1 / 255.0);
        pixels = pixels.Permute(0, 3, 1, 2); // [B, 4, H, W], pixel by pixel in memory
        var (image, mask) = (
            pixels.Narrow(1, 0, 3).Contiguous(MemoryFormat.ChannelsLast),
            pixels.Narrow(1, 3, 1).Contiguous()
        );
        return (input.Standardize ? Standardized(image, mask) : image, mask);
    }

    /// <summary>The views after the first of a buffer, each [B, 3, H, W].</summary>
    internal static IReadOnlyList<Tensor> FurtherViews(
        byte[] rgbm,
        int count,
        int views,
        InputOptions input,
        Device device
    )
    {
        var each = count * input.Height * input.Width * 4;
        var further = new List<Tensor>();
        for (var view = 1; view < views; view++)
            further.Add(Pixels(rgbm.AsSpan(view * each, each), count, input, device).Image);
        return further;
    }

    /// <summary>
    /// Mean 0 and deviation 1 per image and channel over unmasked pixels. A deviation below 5 gray levels, as of blank
    /// glass, counts as 5.
    /// </summary>
    internal static Tensor Standardized(Tensor image, Tensor mask)
    {
        var pixels = mask.Sum([2, 3], keep: true).Clamp(1); // [B, 1, 1, 1]
        var centered = image - (image * mask).Sum([2, 3], keep: true) / pixels;
        var variance = (centered.Square() * mask).Sum([2, 3], keep: true) / pixels;
        return centered / variance.Sqrt().Clamp(5 / 255.0);
    }

    private IEnumerable<RawBatch> Filled(
        Patch[][] batches,
        Func<int, int, ImageChange> augmentation,
        Func<int, int, RadiographChange>? further = null,
        Func<int, RankShare>? shareOf = null
    )
    {
        var (height, width) = (set.Input.Height, set.Input.Width);
        var size = height * width * 4;
        return new BatchPipeline<RawBatch>(batches.Length, Fill, readers: 1).Run();

        RawBatch Fill(int number)
        {
            var whole = batches[number];
            var share = shareOf?.Invoke(whole.Length) ?? new RankShare(whole.Length);
            var patches = whole[share.First..(share.First + share.Count)];
            var pixels = ArrayPool<byte>.Shared.Rent(patches.Length * size);
            for (var i = 0; i < patches.Length; i++)
            {
                var target = pixels.AsSpan(i * size, size);
                var place = share.First + i; // in the whole, so that an image is changed alike whoever reads it
                augmentation(number, place).Apply(set.Pixels(patches[i]), target, height, width);
                further?.Invoke(number, place).Apply(target, height, width);
            }
            return new RawBatch(pixels, [.. patches.Select(p => p.Label)]) { Patches = patches, Share = share };
        }
    }
}
