using Coverslip.Learning.Recipes;
using Coverslip.Learning.SlidePatches;
using Coverslip.Slides.Annotations;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>What becomes of image files without a mask.</summary>
internal enum WithoutMask
{
    /// <summary>They are refused.</summary>
    Refuse,

    /// <summary>Their windows are reconstructed in pre-training; they teach no masks, and are not judged.</summary>
    Reconstruct,
}

/// <summary>What of test slides is judged.</summary>
internal enum TestedSlides
{
    /// <summary>As many windows of either class (Pasumarthi &amp; Jaiswal).</summary>
    Windows,

    /// <summary>All of each slide, as <c>predict</c> sees it.</summary>
    Whole,
}

/// <summary>Which windows of slides or images a network learns from (Pasumarthi &amp; Jaiswal, sec. III.2).</summary>
internal sealed record WindowOptions
{
    /// <summary>
    /// Microns per pixel; 0 (default): images as they are stored. Slides need it; of image files the column
    /// <c>mpp</c> says what they have.
    /// </summary>
    public double Mpp { get; init; }

    /// <summary>Factor by which image files without a resolution are shrunk first; 1 by default.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Pixels from one place that may be drawn to the next; each draw moves by up to half of them.</summary>
    public int Stride { get; init; } = 64;

    /// <summary>Pixels to a side of the center that makes a window foreground where it holds any; 128 by default.</summary>
    public int Center { get; init; } = 128;

    /// <summary>Least part of a slide's window that is tissue; 0.1 by default.</summary>
    public double MinTissue { get; init; } = 0.1;

    /// <summary>Windows that pre-training reconstructs; 6667 by default, of which 200 are the published 3 %.</summary>
    public int Unlabeled { get; init; } = 6667;

    /// <summary>Windows whose masks are learned; 200 by default. They are the first of the unlabeled ones.</summary>
    public int Labeled { get; init; } = 200;

    /// <summary>
    /// Windows of the validation patients that say which epoch was best; 0 (default): the last is, and the validation
    /// patients train.
    /// </summary>
    public int Validation { get; init; }

    /// <summary>refuse (default) or reconstruct: what becomes of image files without a mask.</summary>
    public WithoutMask WithoutMask { get; init; }

    /// <summary>Windows of slides that are tested; 200 by default. Image files are tested whole.</summary>
    public int Test { get; init; } = 200;

    /// <summary>windows (default) or whole: what of test slides is judged. Examples are windows in either case.</summary>
    public TestedSlides TestSlides { get; init; }

    /// <summary>How often a labeled window comes in an epoch, changed anew each time; 8 by default.</summary>
    public int Repeats { get; init; } = 8;

    /// <summary>Threads that read; 0 (default): one less than there are processors.</summary>
    public int Readers { get; init; }

    /// <summary>Which annotations of slides are tumor, which normal.</summary>
    public AnnotationClasses Classes { get; init; } = new();

    /// <summary>The places of slides.</summary>
    internal SlidePatchOptions Places =>
        new()
        {
            Mpp = Mpp,
            Stride = Stride,
            Center = Center,
            MinTissue = MinTissue,
            Classes = Classes,
        };

    internal int ReaderThreads => new SlidePatchOptions { Readers = Readers }.ReaderThreads;

    internal static WindowOptions Read(RecipeNode node, int side)
    {
        var standard = new WindowOptions();
        var read = new WindowOptions
        {
            Mpp = node.Number(
                "mpp",
                standard.Mpp,
                (0, Slides.Geometry.Mpp.Most),
                "Microns per pixel; 0: images as they are stored. Slides need it, images have a column mpp"
            ),
            Scale = node.Number(
                "scale",
                standard.Scale,
                (0.02, 1),
                "Factor by which images without a resolution are shrunk; masks come out at their own size"
            ),
            Stride = node.Int(
                "stride",
                Math.Min(standard.Stride, side),
                (1, 32_768),
                "Pixels from one place that may be drawn to the next; a draw moves by up to half of it"
            ),
            Center = node.Int(
                "center",
                Math.Min(standard.Center, side),
                (1, 32_768),
                "Pixels to a side of the center that makes a window foreground where it holds any, at most the window"
            ),
            MinTissue = node.Number(
                "min_tissue",
                standard.MinTissue,
                (0, 1),
                "Least share of a slide's window that is tissue"
            ),
            Unlabeled = node.Int(
                "unlabeled",
                standard.Unlabeled,
                (1, 10_000_000),
                "Windows that pre-training reconstructs, drawn once per part",
                "Pasumarthi & Jaiswal, sec. III.2"
            ),
            Labeled = node.Int(
                "labeled",
                standard.Labeled,
                (1, 10_000_000),
                "Windows whose masks are learned: the first of the unlabeled ones",
                "Pasumarthi & Jaiswal, sec. III.2"
            ),
            Validation = node.Int(
                "validation",
                standard.Validation,
                (0, 10_000_000),
                "Windows of validation patients that choose the epoch; 0: the last is kept, and these patients train"
            ),
            WithoutMask = node.Word(
                "without_mask",
                standard.WithoutMask,
                "Image files without a mask are refused, or reconstructed in pre-training but neither learned nor judged (reconstruct)"
            ),
            Test = node.Int(
                "test",
                standard.Test,
                (2, 10_000_000),
                "Windows of test slides that are judged; image files are tested whole"
            ),
            TestSlides = node.Word(
                "test_slides",
                standard.TestSlides,
                "What of test slides is judged: those windows, or all of each slide as 'predict' sees it",
                "Pasumarthi & Jaiswal"
            ),
            Repeats = node.Int(
                "repeats",
                standard.Repeats,
                (1, 10_000),
                "Times a labeled window comes in an epoch, turned and colored anew"
            ),
            Readers = node.Int(
                "readers",
                standard.Readers,
                (0, 1024),
                "Threads that read; 0: one less than there are processors"
            ),
            Classes = SlidePatchOptions.ReadClasses(node),
        };
        if (read.Mpp is > 0 and < Slides.Geometry.Mpp.Least)
            throw node.Wrong("mpp", $"{read.Mpp}", $"expected is 0, or a number from {Slides.Geometry.Mpp.Least}");
        SlidePatchOptions.CheckPlaces(node, side, read.Stride, read.Center);
        return read;
    }
}
