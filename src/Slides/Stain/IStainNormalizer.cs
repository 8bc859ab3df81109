using Coverslip.Slides.Images;

namespace Coverslip.Slides.Stain;

/// <summary>
/// Gives images the stain of the reference it was fitted on. Immutable; threads may share it. Made by
/// <see cref="StainNormalizer.Fit"/>, stored and read by <see cref="StainFile"/>.
/// </summary>
public interface IStainNormalizer
{
    StainMethod Method { get; }

    /// <summary>
    /// Measures a source's stain once, for the parts of one slide that are to be changed alike.
    /// </summary>
    /// <param name="source">RGB of 8 bits, with tissue.</param>
    /// <exception cref="ArgumentException">Gray, or of 16 bits.</exception>
    /// <exception cref="StainException">No stain can be measured in it.</exception>
    IStainTransform Measure(Image source);

    /// <summary>A new image of the same size: <paramref name="image"/> by its own measure.</summary>
    /// <inheritdoc cref="Measure"/>
    Image Apply(Image image);
}

/// <summary>Changes images of one source to the reference's stain.</summary>
public interface IStainTransform
{
    /// <summary>A new image of the same size. Without tissue it is changed all the same.</summary>
    /// <exception cref="ArgumentException">Gray, or of 16 bits.</exception>
    Image Apply(Image image);
}

/// <summary>Makes normalizers.</summary>
public static class StainNormalizer
{
    /// <summary>Measures the stain that images are to get.</summary>
    /// <param name="method">How.</param>
    /// <param name="reference">RGB of 8 bits, with tissue.</param>
    /// <exception cref="ArgumentException">Gray, or of 16 bits.</exception>
    /// <exception cref="StainException">No stain can be measured in it.</exception>
    public static IStainNormalizer Fit(StainMethod method, Image reference) =>
        method switch
        {
            StainMethod.Reinhard => ReinhardNormalizer.Fit(reference),
            _ => SeparationNormalizer.Fit(method, reference),
        };

    internal static void Check(Image image)
    {
        if (image.Channels != 3 || image.Depth != 8)
            throw new ArgumentException($"a stain is measured in RGB of 8 bits, not in a {image}", nameof(image));
    }
}
