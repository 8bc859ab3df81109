using System.Buffers;
using Coverslip.Learning.Models;
using Coverslip.Learning.Processes;
using Coverslip.Torch;

namespace Coverslip.Learning.Inputs;

/// <summary>Some images as tensors on the model's device.</summary>
/// <param name="Image">[B, 3, H, W] in [0, 1], or standardized per image; unmasked.</param>
/// <param name="Mask">[B, 1, H, W] of zeros and ones; all ones for raw input.</param>
/// <param name="Target">Class indices, Int64 [B].</param>
/// <param name="Weights">
/// Weights of the images, [B], or of each image's findings, [B, findings]; null where all count alike.
/// </param>
public sealed record Batch(Tensor Image, Tensor Mask, Tensor Target, Tensor? Weights)
{
    /// <summary>
    /// The same places seen at other resolutions, each [B, 3, H, W], in the order of
    /// <see cref="INetworkRecipe.Views"/>; none by default.
    /// </summary>
    public IReadOnlyList<Tensor> FurtherViews { get; init; } = [];

    /// <summary>Zeros and ones, [B, findings], where an image may show several; null with one class to an image.</summary>
    public Tensor? Findings { get; init; }

    /// <summary>Number of images.</summary>
    public long Size => Image.Size(0);

    /// <summary>What the network is given, [B, 3 or 4, H, W].</summary>
    public Tensor Input(InputForm form) =>
        form switch
        {
            InputForm.Raw => Image,
            InputForm.Masked => Image * Mask,
            _ => Tensor.Cat([Image * Mask, Mask], 1),
        };
}

/// <summary>The bytes of a batch as a reader filled them.</summary>
/// <param name="Pixels">At least views · B · H · W · 4 bytes, rented: red, green, blue, mask; one view after the
/// other.</param>
/// <param name="Labels">Class of each image, in order.</param>
public sealed record RawBatch(byte[] Pixels, IReadOnlyList<int> Labels)
{
    /// <summary>Which part of a mini-batch it is; null (default): the whole.</summary>
    public RankShare? Share { get; init; }

    /// <summary>The image files in order; empty where images are parts of slides.</summary>
    public IReadOnlyList<Patch> Patches { get; init; } = [];

    /// <summary>The tensors; the buffer goes back to the pool.</summary>
    /// <param name="input">Size and form.</param>
    /// <param name="views">How many the buffer holds.</param>
    /// <param name="device">Where to.</param>
    /// <param name="classWeights">Weight of each class; null where all count alike.</param>
    public Batch ToTensors(InputOptions input, int views, Device device, IReadOnlyList<double>? classWeights)
    {
        var (image, mask) = BatchReader.Pixels(Pixels, Labels.Count, input, device);
        var further = BatchReader.FurtherViews(Pixels, Labels.Count, views, input, device);
        ArrayPool<byte>.Shared.Return(Pixels);
        if (Patches.Count > 0 && Patches[0].Findings is { } findings)
            return OfFindings(findings.Count, (image, mask), device, classWeights);
        var target = Tensor.From<long>([.. Labels.Select(l => (long)l)]).To(device);
        var weights = classWeights is null
            ? null
            : Tensor.From<float>([.. Labels.Select(l => (float)classWeights[l])]).To(device);
        return new Batch(image, mask, target, weights) { FurtherViews = further };
    }

    /// <param name="findings">How many an image may show.</param>
    /// <param name="pixels">Images and masks.</param>
    /// <param name="device">Where to.</param>
    /// <param name="positiveWeights">Weight of each finding where it is shown; null where all count alike.</param>
    private Batch OfFindings(
        int findings,
        (Tensor Image, Tensor Mask) pixels,
        Device device,
        IReadOnlyList<double>? positiveWeights
    )
    {
        var count = Patches.Count;
        float[] shown = [.. Patches.SelectMany(p => p.Findings!, (_, shows) => shows ? 1f : 0f)];
        var weights = positiveWeights is null
            ? null
            : Tensor
                .From<float>(
                    [.. shown.Select((s, i) => s > 0 ? (float)positiveWeights[i % findings] : 1)],
                    count,
                    findings
                )
                .To(device);
        return new Batch(pixels.Image, pixels.Mask, Tensor.Zeros([count], DType.Int64, device), weights)
        {
            Findings = Tensor.From<float>(shown, count, findings).To(device),
        };
    }
}
