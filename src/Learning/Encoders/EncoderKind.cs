using Coverslip.Learning.Backbones;

namespace Coverslip.Learning.Encoders;

/// <summary>Which tokens of a vision transformer are an image's features.</summary>
public enum TokenPooling
{
    /// <summary>The class token.</summary>
    Class,

    /// <summary>The class token, and behind it the mean of the patches' tokens, registers left out.</summary>
    ClassAndMean,
}

/// <summary>A network that gives images features, by name: how it is built and what its weights want.</summary>
public sealed record EncoderKind
{
    /// <summary>In kebab-case.</summary>
    public required string Name { get; init; }

    /// <summary>Numbers of an image by its last layer; 0 where the network's own file alone says.</summary>
    public required int Features { get; init; }

    /// <summary>Terms of the published weights, as their page states them; the user answers for keeping them.</summary>
    public required string License { get; init; }

    /// <summary>Where the weights are published; nothing is downloaded.</summary>
    public required string Published { get; init; }

    /// <summary>(x − mean) / deviation of images in [0, 1]; ImageNet's by default.</summary>
    public InputScale Scale { get; init; } = InputScale.ImageNet;

    /// <summary>Side of the images that the weights were trained on, in pixels; 224 by default.</summary>
    public int Side { get; init; } = 224;

    /// <summary>Microns per pixel of the images that the weights were trained on; null where these were no slides.</summary>
    public double? Mpp { get; init; }

    /// <summary>Of vision transformers; the class token by default.</summary>
    public TokenPooling Pooling { get; init; }

    /// <summary>Whether its layers are maps, whose size follows the image's, and not tokens.</summary>
    public bool HasMaps => Backbone is not null;

    /// <summary>A network of maps; null for vision transformers.</summary>
    internal BackboneKind? Backbone { get; init; }

    /// <summary>A vision transformer; null for networks of maps.</summary>
    internal VisionTransformerOptions? Transformer { get; init; }

    /// <summary>A network of a file of its own; null for those that are built here.</summary>
    internal EncoderFile? Whole { get; init; }
}
