using System.Diagnostics;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Masks;

/// <summary>A mask and how it came about.</summary>
/// <param name="Width">Pixels to a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Mask">[H · W]: 255 valid, 0 not.</param>
/// <param name="Segmentation">The label of every pixel.</param>
/// <param name="Areas">Every label's area with its verdict.</param>
public sealed record MaskResult(
    int Width,
    int Height,
    byte[] Mask,
    Segmentation Segmentation,
    IReadOnlyList<Area> Areas
)
{
    /// <summary>The rules applied.</summary>
    public required MaskRules Rules { get; init; }

    /// <summary>Wall-clock time for the image.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Valid pixels as a share of the image.</summary>
    public double ShareValid => Areas.Where(a => a.Valid).Sum(a => a.Share);

    /// <summary>Whether no area is valid.</summary>
    public bool Empty => !Areas.Any(a => a.Valid);

    /// <summary>What removed the areas that are not valid, largest first; empty where all are valid.</summary>
    public string Reason =>
        string.Join("; ", Areas.Where(a => !a.Valid).OrderByDescending(a => a.Share).Select(a => a.Describe(Rules)));
}

/// <summary>Makes masks without labels (Liu &amp; Sun 2021, sec. 3.1.1).</summary>
/// <param name="options">The segmentation.</param>
/// <param name="rules">Which areas are valid.</param>
public sealed class MaskMaker(MaskOptions options, MaskRules rules)
{
    /// <summary>Segments an RGB image of 8 bits and keeps the valid areas.</summary>
    /// <exception cref="ArgumentException">An option out of its range, or another kind of image.</exception>
    public MaskResult Make(Image image)
    {
        var clock = Stopwatch.StartNew();
        var segmentation = LabelSegmentation.Segment(image, options);
        return Judge(image, segmentation) with { Elapsed = clock.Elapsed };
    }

    /// <summary>Judges the areas of a segmentation made before.</summary>
    public MaskResult Judge(Image image, Segmentation segmentation)
    {
        rules.Check();
        var areas = ValidAreas.Judge(image.Pixels, segmentation.Labels, segmentation.Count, rules);
        var mask = ValidAreas.Union(segmentation.Labels, areas);
        return new MaskResult(image.Width, image.Height, mask, segmentation, areas) { Rules = rules };
    }
}
