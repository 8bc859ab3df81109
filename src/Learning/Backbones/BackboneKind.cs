using System.Text.RegularExpressions;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>A published network by name: how it is built, and what its published weights look like.</summary>
/// <param name="Name">What recipes call it, in kebab-case.</param>
/// <param name="Make">Builds it; its parameters are born under the path.</param>
/// <param name="MapSide">Side of the last map for a side of the image; 0 where the image is too small.</param>
public sealed record BackboneKind(
    string Name,
    Func<ParameterPath, BackboneOptions, IBackbone> Make,
    Func<int, int> MapSide
)
{
    /// <summary>How the published weights want their images.</summary>
    public InputScale Scale { get; init; } = InputScale.ImageNet;

    /// <summary>Whether <see cref="BackboneOptions.Width"/> means something.</summary>
    public bool HasWidth { get; init; }

    /// <summary>Whether <see cref="BackboneOptions.Layers"/> means something.</summary>
    public bool HasLayers { get; init; }

    /// <summary>Where the keys of the last layer of every classifier begin, auxiliary ones included.</summary>
    public IReadOnlyList<string> Classifiers { get; init; } = [];

    /// <summary>Where the keys of the auxiliary classifiers begin; empty where the network has none.</summary>
    public IReadOnlyList<string> Auxiliary { get; init; } = [];

    /// <summary>The least side of an image from which the auxiliary classifiers can be computed.</summary>
    public int AuxiliarySide { get; init; } = 1;

    /// <summary>
    /// Keys of published files that are not this network's, and what they are here; the library renames them, too.
    /// </summary>
    public IReadOnlyList<(Regex Published, string Here)> Aliases { get; init; } = [];

    /// <summary>What to say where a file holds another network, such as one that is often taken for it; empty by
    /// default.</summary>
    public string OftenTakenFor { get; init; } = "";

    /// <summary>The least side of an image.</summary>
    /// <param name="auxiliary">Whether auxiliary classifiers are computed, too.</param>
    public int SmallestSide(bool auxiliary = false)
    {
        var side = 1;
        while (MapSide(side) == 0)
            side++;
        return auxiliary ? Math.Max(side, AuxiliarySide) : side;
    }

    /// <summary>Builds the network under a path.</summary>
    /// <exception cref="ArgumentException">An option is out of its range, or means nothing for this
    /// network.</exception>
    public IBackbone Build(ParameterPath at, BackboneOptions options)
    {
        if (Math.Min(options.Classes, options.AuxiliaryClasses) is var classes and < 0)
            throw new ArgumentException($"{Name}: {classes} classes; expected is at least 0");
        if (options.AuxiliaryClasses > 0 && Auxiliary.Count == 0)
            throw new ArgumentException($"{Name} has no auxiliary classifier; {With(k => k.Auxiliary.Count > 0)} have");
        if (options.Width != 1 && !HasWidth)
            throw new ArgumentException($"{Name} has no width; {With(k => k.HasWidth)} have");
        if (!(options.Width is > 0 and <= 4))
            throw new ArgumentException($"{Name}: the width is {options.Width}; it lies in (0, 4]");
        if (options.Layers is not null && !HasLayers)
            throw new ArgumentException($"{Name} cannot be cut off; {With(k => k.HasLayers)} can");
        if (options.Layers is < 1 or > 4)
            throw new ArgumentException($"{Name}: {options.Layers} layers; expected are 1 to 4");
        if (options is { Layers: < 4, Classes: > 0 })
            throw new ArgumentException($"{Name} of {options.Layers} layers has no classifier; expected are 0 classes");
        return Make(at, options);
    }

    private static string With(Func<BackboneKind, bool> property) =>
        string.Join(", ", KnownBackbones.All.Where(property).Select(k => k.Name));
}

/// <summary>(x − Mean) / Deviation of each color, of images in [0, 1]: red, green, blue.</summary>
public sealed record InputScale(float[] Mean, float[] Deviation)
{
    /// <summary>Mean and deviation of ImageNet's pixels, as torchvision's networks were trained.</summary>
    public static InputScale ImageNet { get; } = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>To [−1, 1], as networks that come from TensorFlow were trained.</summary>
    public static InputScale Symmetric { get; } = new([0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]);

    /// <summary>Scaled images [B, 3, H, W], on their device.</summary>
    /// <param name="images">In [0, 1], [B, 3, H, W].</param>
    public Tensor Of(Tensor images)
    {
        var (mean, deviation) = (Tensor.From(Mean, 1, 3, 1, 1), Tensor.From(Deviation, 1, 3, 1, 1));
        return (images - mean.To(images.Device)) / deviation.To(images.Device);
    }
}
