using System.Buffers;
using System.Threading.Channels;
using Coverslip.Evaluation.Statistics;
using Coverslip.Torch;

namespace Coverslip.Methods.Training;

/// <summary>
/// Fills batches on a thread of its own, a few ahead of the training step. It makes no tensors; the thread that owns
/// the
/// step does (<see cref="ToTensors"/>). What a batch holds depends on seed, epoch and place alone, not on timing.
/// </summary>
public sealed class BatchReader(PatchSet set, int batch, Device device)
{
    private const int Ahead = 4;

    /// <summary>
    /// A training epoch: shuffled and augmented by seed and epoch. A last batch of one image is left out, unless all
    /// are.
    /// </summary>
    public IEnumerable<RawBatch> Training(
        IReadOnlyList<Patch> patches,
        AugmentationOptions options,
        long seed,
        int epoch
    )
    {
        var order = patches.ToArray();
        var random = new SeededRandom(seed, epoch);
        random.Shuffle(order.AsSpan());
        // Batch normalisation cannot take statistics from a single value per channel.
        var whole = order.Chunk(batch).Where(c => c.Length > 1 || batch == 1 || order.Length == 1).ToArray();
        return Filled(
            whole,
            (number, place) =>
            {
                var own = new SeededRandom(seed + 1, unchecked(epoch * 100_003 + number * 4099 + place));
                return Augmentation.Draw(options, set.Input.Height, set.Input.Width, ref own);
            },
            options.ChangesFocusOrAngle
                ? (number, place) =>
                {
                    var own = new SeededRandom(seed + 2, unchecked(epoch * 100_003 + number * 4099 + place));
                    return RadiographChange.Draw(options, ref own);
                }
                : null
        );
    }

    /// <summary>All patches in order, each in one orientation.</summary>
    public IEnumerable<RawBatch> Plain(IReadOnlyList<Patch> patches, int orientation = 0) =>
        Filled([.. patches.Chunk(batch)], (_, _) => Augmentation.Oriented(orientation));

    /// <summary>The tensors of a filled batch, whose buffer goes back to the pool.</summary>
    public Batch ToTensors(RawBatch raw, IReadOnlyList<double>? classWeights = null)
    {
        var (image, mask) = Pixels(raw.Pixels, raw.Patches.Count, set.Input, device);
        ArrayPool<byte>.Shared.Return(raw.Pixels);
        if (raw.Patches[0].Findings is not null)
            return OfFindings(raw.Patches, (image, mask), classWeights);
        var target = Tensor.From<long>([.. raw.Patches.Select(p => (long)p.Label)]).To(device);
        var weights = classWeights is null
            ? null
            : Tensor.From<float>([.. raw.Patches.Select(p => (float)classWeights[p.Label])]).To(device);
        return new Batch(image, mask, target, weights);
    }

    private Batch OfFindings(
        IReadOnlyList<Patch> patches,
        (Tensor Image, Tensor Mask) pixels,
        IReadOnlyList<double>? positiveWeights
    )
    {
        var findings = patches[0].Findings!.Count;
        float[] shown = [.. patches.SelectMany(p => p.Findings!, (_, shows) => shows ? 1f : 0f)];
        var weights = positiveWeights is null
            ? null
            : Tensor
                .From<float>(
                    [.. shown.Select((s, i) => s > 0 ? (float)positiveWeights[i % findings] : 1)],
                    patches.Count,
                    findings
                )
                .To(device);
        return new Batch(pixels.Image, pixels.Mask, Tensor.Zeros([patches.Count], DType.Int64, device), weights)
        {
            Findings = Tensor.From<float>(shown, patches.Count, findings).To(device),
        };
    }

    /// <summary>[B, 3, H, W] of colours, standardised where the input says so, and [B, 1, H, W] of masks.</summary>
    internal static (Tensor Image, Tensor Mask) Pixels(byte[] rgbm, int count, InputOptions input, Device device)
    {
        var (height, width) = (input.Height, input.Width);
        var bytes = Tensor.From<byte>(rgbm.AsSpan(0, count * height * width * 4), count, height, width, 4);
        var pixels = bytes.To(device).To(DType.Float32) * (1 / 255.0);
        pixels = pixels.Permute(0, 3, 1, 2); // [B, 4, H, W], pixel by pixel in memory
        var (image, mask) = (
            pixels.Narrow(1, 0, 3).Contiguous(MemoryFormat.ChannelsLast),
            pixels.Narrow(1, 3, 1).Contiguous()
        );
        return (input.Standardize ? Standardized(image, mask) : image, mask);
    }

    /// <summary>
    /// Mean 0 and deviation 1 per image and channel over unmasked pixels. A deviation below 5 grey levels, as of blank
    /// glass, counts as 5.
    /// </summary>
    private static Tensor Standardized(Tensor image, Tensor mask)
    {
        var pixels = mask.Sum([2, 3], keep: true).Clamp(1); // [B, 1, 1, 1]
        var centred = image - (image * mask).Sum([2, 3], keep: true) / pixels;
        var variance = (centred.Square() * mask).Sum([2, 3], keep: true) / pixels;
        return centred / variance.Sqrt().Clamp(5 / 255.0);
    }

    private IEnumerable<RawBatch> Filled(
        Patch[][] batches,
        Func<int, int, Augmentation> augmentation,
        Func<int, int, RadiographChange>? further = null
    )
    {
        var channel = Channel.CreateBounded<RawBatch>(Ahead);
        using var stop = new CancellationTokenSource();
        var filling = Task.Run(() => Fill(channel.Writer, batches, (augmentation, further), stop.Token));
        try
        {
            while (channel.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            while (channel.Reader.TryRead(out var raw))
                yield return raw;
        }
        finally
        {
            stop.Cancel();
            while (channel.Reader.TryRead(out _)) { }
            filling.Wait();
        }
    }

    private async Task Fill(
        ChannelWriter<RawBatch> writer,
        Patch[][] batches,
        (Func<int, int, Augmentation> First, Func<int, int, RadiographChange>? Then) change,
        CancellationToken stop
    )
    {
        try
        {
            var size = set.Input.Height * set.Input.Width * 4;
            for (var number = 0; number < batches.Length; number++)
            {
                var pixels = ArrayPool<byte>.Shared.Rent(batches[number].Length * size);
                for (var place = 0; place < batches[number].Length; place++)
                {
                    var target = pixels.AsSpan(place * size, size);
                    var (height, width) = (set.Input.Height, set.Input.Width);
                    change.First(number, place).Apply(set.Pixels(batches[number][place]), target, height, width);
                    change.Then?.Invoke(number, place).Apply(target, height, width);
                }
                await writer.WriteAsync(new RawBatch(pixels, batches[number]), stop).ConfigureAwait(false);
            }
            writer.Complete();
        }
        catch (OperationCanceledException)
        {
            writer.TryComplete();
        }
        catch (Exception error)
        {
            // The consumer's read throws it, on the thread that trains.
            writer.TryComplete(error);
        }
    }
}
