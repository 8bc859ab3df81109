using Coverslip.Slides.Images;

namespace Coverslip.Slides.Stain;

/// <summary>
/// A normalizer that makes glass white first, in the reference as in every image (<see cref="GlassLight"/>). Neither
/// StainTools nor TIAToolbox does so; it is an option.
/// </summary>
/// <param name="Inner">What normalizes then.</param>
public sealed record GlassBalanced(IStainNormalizer Inner) : IStainNormalizer
{
    public StainMethod Method => Inner.Method;

    /// <inheritdoc cref="StainNormalizer.Fit"/>
    public static GlassBalanced Fit(StainMethod method, Image reference)
    {
        using var balanced = GlassLight.Of(reference)?.Apply(reference);
        return new GlassBalanced(StainNormalizer.Fit(method, balanced ?? reference));
    }

    /// <inheritdoc/>
    public IStainTransform Measure(Image source)
    {
        var light = GlassLight.Of(source);
        using var balanced = light?.Apply(source);
        return new Transform(light, Inner.Measure(balanced ?? source));
    }

    /// <inheritdoc/>
    public Image Apply(Image image) => Measure(image).Apply(image);

    private sealed class Transform(GlassLight? light, IStainTransform inner) : IStainTransform
    {
        public Image Apply(Image image)
        {
            using var balanced = light?.Apply(image);
            return inner.Apply(balanced ?? image);
        }
    }
}
