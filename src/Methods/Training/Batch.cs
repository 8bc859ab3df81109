using Coverslip.Torch;

namespace Coverslip.Methods.Training;

/// <summary>Some images as tensors on the model's device.</summary>
/// <param name="Image">[B, 3, H, W] in [0, 1], or standardised per image; unmasked.</param>
/// <param name="Mask">[B, 1, H, W] of zeros and ones; all ones for raw input.</param>
/// <param name="Target">Class indices, Int64 [B].</param>
/// <param name="Weights">
/// Weights of the images, [B], or of each image's findings, [B, findings]; null where all count alike.
/// </param>
public sealed record Batch(Tensor Image, Tensor Mask, Tensor Target, Tensor? Weights)
{
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
/// <param name="Pixels">B·H·W·4 bytes, rented.</param>
/// <param name="Patches">The images in order.</param>
public sealed record RawBatch(byte[] Pixels, IReadOnlyList<Patch> Patches);
