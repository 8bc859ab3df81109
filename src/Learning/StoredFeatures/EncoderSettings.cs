using Coverslip.Learning.Encoders;
using Coverslip.Learning.Recipes;
using Coverslip.Torch;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>Where features come from.</summary>
public sealed record EncoderSettings
{
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
    public static EncoderSettings Read(RecipeNode node, string from)
    {
        var standard = new EncoderSettings();
        return new EncoderSettings
        {
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
    }

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
