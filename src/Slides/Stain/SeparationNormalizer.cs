using Coverslip.Slides.Images;

namespace Coverslip.Slides.Stain;

/// <summary>
/// Macenko's and Vahadane's normalization: the source's concentrations, scaled so that their 99th percentiles become
/// the reference's, with the reference's stains (Macenko et al. 2009; Vahadane et al. 2016). Definitions are those of
/// StainTools 2.1 without its luminosity standardization; pixels are rounded where it truncates.
/// </summary>
/// <param name="Method">Macenko or Vahadane.</param>
/// <param name="Stains">Of the reference.</param>
/// <param name="Strength">Of the reference.</param>
public sealed record SeparationNormalizer(StainMethod Method, StainMatrix Stains, StainStrength Strength)
    : IStainNormalizer
{
    /// <inheritdoc/>
    public IStainTransform Measure(Image source)
    {
        using var histogram = ColorHistogram.Of(source);
        var (separation, strength) = Separate(Estimate(Method, histogram), source, histogram);
        var factor = new StainStrength(Strength.Haematoxylin / strength.Haematoxylin, Strength.Eosin / strength.Eosin);
        return new Transform(separation, Stains, factor);
    }

    /// <inheritdoc/>
    public Image Apply(Image image) => Measure(image).Apply(image);

    /// <summary>The stains of an image.</summary>
    /// <param name="method">Macenko or Vahadane.</param>
    /// <param name="image">RGB of 8 bits, with tissue.</param>
    /// <exception cref="ArgumentException">Gray, of 16 bits, or a method that finds no stains.</exception>
    /// <exception cref="StainException">No two stains can be found in it.</exception>
    public static StainMatrix Estimate(StainMethod method, Image image)
    {
        using var histogram = ColorHistogram.Of(image);
        return Estimate(method, histogram);
    }

    internal static SeparationNormalizer Fit(StainMethod method, Image reference)
    {
        using var histogram = ColorHistogram.Of(reference);
        var stains = Estimate(method, histogram);
        return new SeparationNormalizer(method, stains, Separate(stains, reference, histogram).Strength);
    }

    private static StainMatrix Estimate(StainMethod method, ColorHistogram histogram) =>
        method switch
        {
            StainMethod.Macenko => Macenko.Estimate(TissueColors.Of(histogram, saturated: true)),
            // Least squares go astray after densities without an upper bound; Macenko's percentiles do not.
            StainMethod.Vahadane => Vahadane.Estimate(TissueColors.Of(histogram, saturated: false)),
            _ => throw new ArgumentException($"{method} finds no stains", nameof(method)),
        };

    private static (StainSeparation Separation, StainStrength Strength) Separate(
        StainMatrix stains,
        Image image,
        ColorHistogram histogram
    )
    {
        var separation = new StainSeparation(stains);
        return (separation, separation.Strength(image, histogram));
    }

    private sealed class Transform(StainSeparation separation, StainMatrix stains, StainStrength factor)
        : IStainTransform
    {
        public Image Apply(Image image)
        {
            StainNormalizer.Check(image);
            return separation.Restain(image, stains, factor);
        }
    }
}
