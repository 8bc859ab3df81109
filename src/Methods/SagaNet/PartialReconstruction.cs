using Coverslip.Torch;

namespace Coverslip.Methods.SagaNet;

/// <summary>
/// ‖(I − O) ⊙ M‖² (Liu &amp; Sun 2021, sec. 3.1.3): the squared error over unmasked pixels only. As a mean over those
/// pixels
/// times a weight by default, because over 768²·3 values a sum would swamp the class loss, which stays near 1.
/// </summary>
internal sealed record PartialReconstruction
{
    /// <summary>Multiplies the error; 1 by default.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>The plain sum per image instead of the mean; false by default.</summary>
    public bool Sum { get; init; }

    /// <summary>Mean over the images of each one's error, of output [B, 3, H, W] against image [B, 3, H, W] where mask [B, 1, H, W] is 1.</summary>
    public Tensor Of(Tensor output, Tensor image, Tensor mask)
    {
        var squares = (output - image).Square() * mask;
        if (Sum)
            return squares.Sum() * (Weight / image.Size(0));
        var values = mask.Sum([1, 2, 3]).Clamp(1) * 3; // unmasked pixels times channels; at least one, lest a blank image divide by 0
        return (squares.Sum([1, 2, 3]) / values).Mean() * Weight;
    }
}
