using Coverslip.Slides.Images;

namespace Coverslip.Slides.Geometry;

/// <summary>What is asked of a slide: place, size, microns per pixel.</summary>
/// <param name="At">The top left corner in pixels of level 0; may lie outside.</param>
/// <param name="Size">Pixels of the image that is wanted.</param>
/// <param name="Mpp">Its resolution, the same or not along both axes.</param>
public sealed record RegionRequest(SlidePoint At, PixelSize Size, Mpp Mpp);

/// <summary>Pixels of a region, and how they came about.</summary>
/// <param name="Image">RGB of 8 bits.</param>
/// <param name="Level">The level they were read from.</param>
/// <param name="Reduction">1, or at which fraction (1/2, 1/4, 1/8) its tiles were decoded.</param>
/// <param name="IsResampled">Whether pixels of the level were averaged; else they are the level's own.</param>
/// <param name="Outside">Pixels of white glass where the slide has none: beyond its edge, or never scanned.</param>
public sealed record SlideRegion(Image Image, int Level, int Reduction, bool IsResampled, long Outside) : IDisposable
{
    /// <summary>The part of the image that the slide does not cover, from 0 to 1.</summary>
    public double OutsideShare => (double)Outside / ((long)Image.Width * Image.Height);

    /// <summary>Gives the image's buffer back.</summary>
    public void Dispose() => Image.Dispose();
}
