using Coverslip.Slides.Images;

namespace Coverslip.Phantoms;

/// <summary>What a phantom radiograph shows.</summary>
public enum RadiographLesion
{
    /// <summary>A round shadow in a lung.</summary>
    Nodule,

    /// <summary>A cloudy white area without sharp edges.</summary>
    Consolidation,

    /// <summary>A net of fine lines.</summary>
    Interstitial,

    /// <summary>Fluid at the bottom of a lung, its level rising towards the chest wall.</summary>
    Effusion,

    /// <summary>Air between lung and chest wall: darker, without vessels, bounded by a fine line.</summary>
    Pneumothorax,
}

/// <summary>How one radiograph is painted.</summary>
public sealed record RadiographPhantomOptions
{
    /// <summary>Pixels to a side, 64 to 2048; 256 by default.</summary>
    public int Size { get; init; } = 256;

    /// <summary>What it shows; nothing by default.</summary>
    public IReadOnlyList<RadiographLesion> Lesions { get; init; } = [];

    /// <summary>0 to 1: how faint lesions are; 0 by default.</summary>
    public double Subtlety { get; init; }

    /// <summary>The machine that takes it: each number has a curve, a noise and a sharpness of its own; 0 by
    /// default.</summary>
    public int Site { get; init; }

    internal void Check()
    {
        PatchPhantomOptions.Within(Size, 64, 2048, nameof(Size));
        PatchPhantomOptions.Within(Subtlety, 0, 1, nameof(Subtlety));
        PatchPhantomOptions.Within(Site, 0, 1000, nameof(Site));
        if (Lesions.Distinct().Count() != Lesions.Count)
            throw new ArgumentException($"{nameof(Lesions)} names a lesion twice");
    }
}

/// <summary>A painted radiograph; the caller disposes of its image.</summary>
/// <param name="Image">Gray, 8 bits.</param>
/// <param name="Boxes">Where lesions are, in pixels; a kind may have several.</param>
internal sealed record RadiographPicture(Image Image, IReadOnlyList<LesionBox> Boxes);

/// <summary>The box around a painted lesion, in pixels.</summary>
internal readonly record struct LesionBox(RadiographLesion Kind, int X, int Y, int Width, int Height);
