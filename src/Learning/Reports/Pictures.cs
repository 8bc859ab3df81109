using Coverslip.Slides.Heatmaps;

namespace Coverslip.Learning.Reports;

/// <summary>What a picture's mask does to it.</summary>
public enum MaskView
{
    /// <summary>A line around what it sets.</summary>
    Outlined,

    /// <summary>The same, and everything outside pale and gray.</summary>
    Dimmed,
}

/// <summary>A small view of an image file or a slide.</summary>
/// <param name="File">The file.</param>
/// <param name="Alternative">What it shows, for those who do not see it.</param>
public sealed record Picture(string File, string Alternative) : Cell
{
    /// <summary>File of a mask over all of it; null for none.</summary>
    public string? Mask { get; init; }

    /// <summary>What the mask does.</summary>
    public MaskView View { get; init; }

    /// <summary>
    /// Of a slide, a map that is laid over it, drawn from its values: a picture that was written of it may be in the colors of an
    /// earlier version. Null for none.
    /// </summary>
    public Heatmap? Map { get; init; }

    /// <summary>The longest side by default.</summary>
    public const int Small = 256;

    /// <summary>Its longest side on the page in pixels, where the file has as many; a larger one than by default also widens its cell.</summary>
    public int Longest { get; init; } = Small;

    /// <summary>Boxes that are drawn over it; none by default.</summary>
    public IReadOnlyList<PictureBox> Boxes { get; init; } = [];
}

/// <summary>A box over a picture, as shares of its width and height.</summary>
public readonly record struct PictureBox(double Left, double Top, double Right, double Bottom);

/// <summary>One picture, or several side by side, and what is said of them line by line; no picture for words alone.</summary>
public sealed record CaptionedPicture(IReadOnlyList<Picture> Pictures, IReadOnlyList<Words> Caption) : Cell;

/// <summary>Pictures in rows.</summary>
public sealed record Pictures(IReadOnlyList<CaptionedPicture> All) : ReportBlock;

/// <summary>Which number a color stands for, from 0 to 1.</summary>
/// <param name="Meaning">What the number is.</param>
/// <param name="Colors">Evenly spread, the first that of 0, the last that of 1.</param>
public sealed record ColorScale(string Meaning, IReadOnlyList<(byte Red, byte Green, byte Blue)> Colors) : ReportBlock
{
    private const int Steps = 64;

    /// <summary>The scale of heatmaps and activation maps.</summary>
    public static ColorScale OfMaps(string meaning, params IReadOnlyList<LegendMark> marks) =>
        new(meaning, [.. Enumerable.Range(0, Steps).Select(i => HeatmapColors.Of(i / (Steps - 1f)))]) { Marks = marks };

    /// <summary>What else is drawn over the pictures; none by default.</summary>
    public IReadOnlyList<LegendMark> Marks { get; init; } = [];
}

/// <summary>What is drawn over a picture.</summary>
public enum LegendMark
{
    /// <summary>The outline of what is true.</summary>
    Truth,

    /// <summary>A ring at a place that the model names.</summary>
    Detection,

    /// <summary>A box around what is true.</summary>
    TrueBox,

    /// <summary>A frame around what reaches half of a map's maximum.</summary>
    HalfFrame,

    /// <summary>A bar of a length in microns.</summary>
    ScaleBar,
}
