using System.Text.Json.Serialization;
using Coverslip.Torch;

namespace Coverslip.Learning.Masks;

/// <summary>How the segmentation computes.</summary>
public enum MaskMode
{
    /// <summary>
    /// float32, every label in every step, the loss as libtorch has it: what the fast mode is compared with.
    /// </summary>
    Plain,

    /// <summary>
    /// Channels-last, fast convolutions where there are any, bfloat16 where the processor has it, no work for labels
    /// that have died out.
    /// </summary>
    Fast,
}

/// <summary>Where a layer normalizes.</summary>
public enum NormalizationOrder
{
    /// <summary>
    /// Convolution → batch norm → activation: Liu &amp; Sun 2021, who found the other order unstable.
    /// </summary>
    BeforeActivation,

    /// <summary>Convolution → activation → batch norm: Kanezaki 2018.</summary>
    AfterActivation,
}

/// <summary>What must fall to <see cref="MaskOptions.MinimumLabels"/>.</summary>
public enum LabelCount
{
    /// <summary>Labels that won a superpixel: Liu &amp; Sun 2021, algorithm 1.</summary>
    Superpixels,

    /// <summary>Labels that are some pixel's most probable one: Kanezaki's published script.</summary>
    Pixels,
}

/// <summary>
/// The segmentation of one image (Liu &amp; Sun 2021, sec. 3.1.1, algorithm 1 and sec. 4.2). Defaults are the paper's
/// where it gives a figure; <c>docs/methods/saganet-masks.md</c> says why the others are what they are.
/// </summary>
public sealed record MaskOptions
{
    /// <summary>Kanezaki 2018 as published: two 3×3 layers of 100 channels without excitation, SGD at 0.1.</summary>
    public static MaskOptions Kanezaki { get; } =
        new()
        {
            HiddenLayers = 2,
            Excitation = false,
            Order = NormalizationOrder.AfterActivation,
            Count = LabelCount.Pixels,
            Rate = 0.1,
        };

    /// <summary>Labels at the start, 2 to 256; 100 by default.</summary>
    public int Labels { get; init; } = 100;

    /// <summary>Channels of the hidden layers, 1 to 1024; 100 by default.</summary>
    public int Channels { get; init; } = 100;

    /// <summary>3×3 layers before the 1×1 layer to the labels, 1 to 8; 3 by default, four layers in all.</summary>
    public int HiddenLayers { get; init; } = 3;

    /// <summary>Whether hidden layers end in squeeze-and-excitation; true by default.</summary>
    public bool Excitation { get; init; } = true;

    /// <summary>Normalization before the activation (default) or after.</summary>
    public NormalizationOrder Order { get; init; }

    /// <summary>What the stopping rule counts: labels of superpixels (default) or of pixels.</summary>
    public LabelCount Count { get; init; }

    /// <summary>
    /// u: the segmentation stops when at most so many labels remain, 1 to <see cref="Labels"/>; 7 by default.
    /// </summary>
    public int MinimumLabels { get; init; } = 7;

    /// <summary>The segmentation stops after so many steps in any case, 1 to 10,000; 100 by default.</summary>
    public int MaxSteps { get; init; } = 100;

    /// <summary>Learning rate of SGD; 0.05 by default.</summary>
    public double Rate { get; init; } = 0.05;

    /// <summary>Momentum of SGD, 0 to below 1; 0.9 by default, as Kanezaki has it.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>
    /// SLIC superpixels per image; null (default) is 10,000 at 768 × 768, at other sizes in proportion to the area.
    /// </summary>
    public int? Segments { get; init; }

    /// <summary>SLIC's weight of nearness against likeness of color; 100 by default, as Kanezaki has it.</summary>
    public double Compactness { get; init; } = 100;

    /// <summary>
    /// The image is shrunk by this factor for the segmentation, above 0 to 1; areas are judged at full size. 1 by
    /// default.
    /// </summary>
    public double Scale { get; init; } = 1;

    /// <summary>Seed of the network's weights; 1 by default. Both modes start from the same weights.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>
    /// Key of the stain that images were brought to before; null (default) for images as they are. It changes nothing
    /// here, but tells masks of other images apart.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Stain { get; init; }

    public MaskMode Mode { get; init; } = MaskMode.Fast;

    /// <summary>Where the network runs; the processor by default. It does not name another segmentation.</summary>
    [JsonIgnore]
    public Device Device { get; init; }

    /// <summary>
    /// Superpixels of a width × height image before it is shrunk to <paramref name="shrunk"/> pixels.
    /// </summary>
    internal int SegmentsOf(long pixels, long shrunk)
    {
        // Never fewer than nine pixels to a superpixel: below that there is nothing to take a majority of.
        var wanted = Segments ?? (int)Math.Round(10_000.0 * pixels / (768 * 768));
        return (int)Math.Clamp(wanted, 1, Math.Max(1, shrunk / 9));
    }

    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Check()
    {
        Within(Labels, 2, 256, nameof(Labels));
        Within(Channels, 1, 1024, nameof(Channels));
        Within(HiddenLayers, 1, 8, nameof(HiddenLayers));
        Within(MinimumLabels, 1, Labels, nameof(MinimumLabels));
        Within(MaxSteps, 1, 10_000, nameof(MaxSteps));
        Within(Rate, 1e-6, 10, nameof(Rate));
        Within(Compactness, 1e-3, 1e6, nameof(Compactness));
        if (Segments is { } segments)
            Within(segments, 1, 10_000_000, nameof(Segments));
        if (!(Momentum is >= 0 and < 1))
            throw new ArgumentException($"{nameof(Momentum)} is {Momentum}; it goes from 0 to below 1");
        if (!(Scale is > 0 and <= 1))
            throw new ArgumentException($"{nameof(Scale)} is {Scale}; it goes from above 0 to 1");
    }

    internal static void Within(double value, double least, double most, string name)
    {
        if (!(value >= least && value <= most))
            throw new ArgumentException($"{name} is {value}; it goes from {least} to {most}");
    }
}
