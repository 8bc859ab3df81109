namespace Coverslip.Slides.Images;

/// <summary>How <see cref="ImageFile.Write"/> compresses.</summary>
public sealed record ImageWriteOptions
{
    /// <summary>1 (smallest) to 100 (best).</summary>
    public int JpegQuality { get; init; } = 95;

    /// <summary>0 (none) to 9 (smallest and slowest); PNG is lossless at every one.</summary>
    public int PngCompression { get; init; } = 3;

    internal void Check()
    {
        if (JpegQuality is < 1 or > 100)
            throw new ArgumentException($"{nameof(JpegQuality)} is {JpegQuality}; it goes from 1 to 100");
        if (PngCompression is < 0 or > 9)
            throw new ArgumentException($"{nameof(PngCompression)} is {PngCompression}; it goes from 0 to 9");
    }
}
