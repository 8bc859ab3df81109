using Coverslip.Slides.Images;

namespace Coverslip.Phantoms;

/// <summary>A painted patch and the truth about it.</summary>
/// <param name="Image">RGB of 8 bits.</param>
/// <param name="Mask">[H · W], row by row: 255 tumor, 0 stroma, blood, cavity or blank.</param>
/// <param name="Regions">[H · W], row by row: what each pixel is painted as.</param>
public sealed record PhantomPatch(Image Image, byte[] Mask, TissueKind[] Regions) : IDisposable
{
    /// <summary>Gives the image's buffer back.</summary>
    public void Dispose() => Image.Dispose();
}

/// <summary>What a pixel of a phantom is painted as.</summary>
public enum TissueKind : byte
{
    Blank = 0,
    Cavity = 1,
    Stroma = 2,
    Blood = 3,
    Tumor = 4,
}
