using Coverslip.Learning.Encoders;
using Coverslip.Learning.Features;
using Coverslip.Learning.Recipes;
using Coverslip.Torch;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>What is known of an image.</summary>
public enum FeatureKind
{
    /// <summary>What a pre-trained network makes of it.</summary>
    Encoder,

    /// <summary>Its color histogram alone.</summary>
    ColorHistogram,

    /// <summary>Its mean brightness alone.</summary>
    Brightness,

    /// <summary>Its mean red, green and blue alone.</summary>
    MeanColor,

    /// <summary>Nothing: what is said of an image is the classes' shares in training.</summary>
    None,
}

/// <summary>Where features come from.</summary>
public sealed record EncoderSettings
{
    private static readonly string[] OfEncoders = ["encoder", "deviations", "histogram", "from"];

    /// <summary>encoder (default), or what a trivial model knows.</summary>
    public FeatureKind Kind { get; init; }

    /// <summary>As <see cref="EncoderWord"/> takes it.</summary>
    public string Encoder { get; init; } = BoxedResNet.Name;

    /// <summary>Layers that are joined; none (default): the last one.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>Whether deviations over maps stand beside means.</summary>
    public bool Deviations { get; init; }

    /// <summary>Whether an image's color histogram stands beside its features.</summary>
    public bool Histogram { get; init; }

    /// <summary>File of <c>coverslip features</c> that holds the features; empty (default): they are computed.</summary>
    public string From { get; init; } = "";

    /// <param name="node">The section.</param>
    /// <param name="from">What the key <c>from</c> means.</param>
    /// <param name="trivial">Whether there is a key <c>kind</c>, for models that know next to nothing.</param>
    public static EncoderSettings Read(RecipeNode node, string from, bool trivial = false)
    {
        var standard = new EncoderSettings();
        var read = new EncoderSettings
        {
            Kind = !trivial
                ? standard.Kind
                : node.Word(
                    "kind",
                    standard.Kind,
                    "What is known of an image: what a pre-trained network makes of it; or, of trivial models to compare with, its color histogram alone, its mean brightness alone, its mean color alone, or nothing (none: the classes' shares in training)"
                ),
            Encoder = node.Text(
                "encoder",
                standard.Encoder,
                "Pre-trained network: a name of 'coverslip encoders', NAME=FILE with its weights, or FILE.onnx or FILE.ts (TorchScript) with FILE.yaml beside it; relative to the current folder"
            ),
            Layers = node.List(
                "layers",
                standard.Layers,
                "Layers whose features are joined, such as [layer2, layer3, layer4]; none: the last one"
            ),
            Deviations = node.Flag(
                "deviations",
                standard.Deviations,
                "Whether the deviation of each map stands beside its mean; of residual networks"
            ),
            Histogram = node.Flag(
                "histogram",
                standard.Histogram,
                "Whether an image's color histogram (16 bins of red, green, blue, hue, saturation, value, and means and deviations) stands beside its features"
            ),
            From = node.Text("from", standard.From, from),
        };
        var key = Array.Find(OfEncoders, k => node.Peek(k) is not null) ?? (read.Layers.Count > 0 ? "layers" : null);
        return read.Kind == FeatureKind.Encoder || key is null
            ? read
            : throw node.Wrong(
                key,
                node.Peek(key) ?? string.Join(", ", read.Layers),
                $"it is of an encoder, and features.kind is {Words.Kebab($"{read.Kind}")}; leave {key} out"
            );
    }

    /// <summary>What is computed of pixels instead of an encoder's features, or beside them; null: nothing.</summary>
    public IImageFeatures? OfPixels =>
        Kind switch
        {
            FeatureKind.Brightness => new Brightness(),
            FeatureKind.MeanColor => new MeanColor(),
            FeatureKind.ColorHistogram => new ColorStatistics(),
            FeatureKind.Encoder when Histogram => new ColorStatistics(),
            _ => null,
        };

    /// <summary>Opens it for images of a size.</summary>
    public Encoder Open(int height, int width, Device device) =>
        Encoders.Encoder.Open(
            Encoder,
            new EncoderOptions
            {
                Layers = Layers,
                Deviations = Deviations,
                Size = (height, width),
                Device = device,
            }
        );
}
