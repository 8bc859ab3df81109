using System.Diagnostics;
using Coverslip.Slides.Images;
using Coverslip.Torch;

namespace Coverslip.Learning.Masks;

/// <summary>A label for every pixel.</summary>
/// <param name="Labels">[H · W], row by row, 0 to <paramref name="Count"/> − 1.</param>
/// <param name="Count">Labels left.</param>
/// <param name="Steps">Steps taken, the last without a change of the weights.</param>
/// <param name="Stopped">Whether the labels fell to the minimum; false when the step limit ended it.</param>
public sealed record Segmentation(byte[] Labels, int Count, int Steps, bool Stopped)
{
    /// <summary>Time in the steps, without superpixels.</summary>
    public TimeSpan StepTime { get; init; }
}

/// <summary>
/// Segments an image without labels (Liu &amp; Sun 2021, algorithm 1): the most frequent label of a superpixel is what
/// the network learns for it next, until few labels are left.
/// </summary>
internal static class LabelSegmentation
{
    /// <summary>Segments an RGB image of 8 bits; the same options give the same labels on the same machine.</summary>
    /// <exception cref="ArgumentException">An option out of its range, or another kind of image.</exception>
    public static Segmentation Segment(Image image, MaskOptions options)
    {
        options.Check();
        if (image.Channels != 3 || image.Depth != 8)
            throw new ArgumentException($"masks are made of RGB images of 8 bits, not of a {image}", nameof(image));
        if (options.Scale == 1)
            return Steps(image, options, (long)image.Width * image.Height);
        var (width, height) = (Shrunk(image.Width, options.Scale), Shrunk(image.Height, options.Scale));
        using var small = Transforms.Resize(image, width, height, Interpolation.Area);
        var found = Steps(small, options, (long)image.Width * image.Height);
        using var labels = Image.From(found.Labels, width, height, channels: 1);
        using var large = Transforms.Resize(labels, image.Width, image.Height, Interpolation.Nearest);
        return found with { Labels = large.Pixels.ToArray() };
    }

    private static int Shrunk(int side, double scale) => Math.Max(1, (int)Math.Round(side * scale));

    private static Segmentation Steps(Image image, MaskOptions options, long fullPixels)
    {
        using var scope = new TensorScope();
        var pixels = image.Width * image.Height;
        var map = Superpixels.Slic(
            image,
            new SlicOptions { Segments = options.SegmentsOf(fullPixels, pixels), Compactness = options.Compactness }
        );
        var clock = Stopwatch.StartNew();
        var fast = options.Mode == MaskMode.Fast;
        var input = ToTensor(image, options.Device, fast);
        var vote = new MajorityVote(Tensor.From(map.Labels).To(options.Device, DType.Int64), map.Count);
        using var network = new SegmentationNetwork(options);
        for (var step = 1; ; step++)
        {
            using var inner = new TensorScope();
            var scores = Scores(network, input, fast); // [N, K]
            var result = vote.Count(scores.Detach().Argmax(1), network.Labels);
            var alive = Alive(result.Pixels);
            var left = options.Count == LabelCount.Pixels ? alive.Length : Alive(result.Superpixels).Length;
            if (left <= options.MinimumLabels || step == options.MaxSteps)
            {
                var (labels, count) = Renumbered(result.Target.ToArray<long>());
                return new Segmentation(labels, count, step, left <= options.MinimumLabels)
                {
                    StepTime = clock.Elapsed,
                };
            }
            var loss = fast
                ? Losses.CrossEntropyOfRows(scores, result.Target)
                : Losses.CrossEntropy(scores, result.Target);
            loss.Backward();
            network.Step();
            if (fast && alive.Length <= network.Labels * 0.9)
                network.KeepLabels(alive);
        }
    }

    private static Tensor Scores(SegmentationNetwork network, Tensor input, bool fast)
    {
        Tensor scores;
        // A processor's convolutions of our own in float32 outrun libtorch's in shorter types.
        using (new Autocast(input.Device, fast && input.Device.IsCuda ? DType.BFloat16 : DType.Float32))
            scores = network.Forward(input); // [1, K, H, W]
        return scores.Permute(0, 2, 3, 1).Reshape(-1, network.Labels).To(DType.Float32);
    }

    private static Tensor ToTensor(Image image, Device device, bool fast)
    {
        var input = Tensor.From(image.Pixels, 1, image.Height, image.Width, 3).To(device, DType.Float32) / 255.0;
        // [1, 3, H, W], pixel by pixel
        input = input.Permute(0, 3, 1, 2);
        return input.Contiguous(fast ? MemoryFormat.ChannelsLast : MemoryFormat.Contiguous);
    }

    private static long[] Alive(Tensor counts) =>
        [.. counts.ToArray<long>().Index().Where(c => c.Item > 0).Select(c => (long)c.Index)];

    private static (byte[] Labels, int Count) Renumbered(long[] target)
    {
        var numbers = new Dictionary<long, byte>();
        foreach (var label in target.Distinct().Order())
            numbers.Add(label, (byte)numbers.Count);
        return (Array.ConvertAll(target, label => numbers[label]), numbers.Count);
    }
}
