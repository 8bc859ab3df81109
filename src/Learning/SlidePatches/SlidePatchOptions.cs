using Coverslip.Learning.Recipes;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Patches;
using Coverslip.Slides.Tissue;

namespace Coverslip.Learning.SlidePatches;

/// <summary>What becomes of a slide that is labeled tumor and of which nobody says where.</summary>
public enum UnknownTumor
{
    /// <summary>It is refused.</summary>
    Refuse,

    /// <summary>Its patches have no label: nothing is learned from it, it is only predicted.</summary>
    NoLabel,
}

/// <summary>Which patches make an epoch.</summary>
public enum PatchSampling
{
    /// <summary>A class, a slide that has it, a patch, each as likely as any other (Liu et al. 2017, sec. 3).</summary>
    Balanced,

    /// <summary>Every patch of the rarer class once, and as many of the other.</summary>
    Equal,

    /// <summary>Every patch of every slide once.</summary>
    All,
}

/// <summary>Which patches of slides a network is trained on; the defaults are those of Liu et al. 2017, sec. 3.</summary>
public sealed record SlidePatchOptions
{
    /// <summary>Microns per pixel; 0.243 by default, CAMELYON16's 40×.</summary>
    public double Mpp { get; init; } = 0.243;

    /// <summary>Pixels from one place that may be drawn to the next; 128 by default.</summary>
    public int Stride { get; init; } = 128;

    /// <summary>Pixels to a side of the center that makes a patch tumor where it holds any; 128 by default.</summary>
    public int Center { get; init; } = 128;

    /// <summary>
    /// Pixels to a side of patches cut out side by side and labeled by shares of their area (Takahama et al. 2019, sec.
    /// 4.1) instead of by stride and center; null (default) for the latter. Windows lie in their middle.
    /// </summary>
    public int? GridSide { get; init; }

    /// <summary>
    /// Whether all tissue that is not annotated as tumor counts as annotated normal, as on CAMELYON's slides; false by
    /// default.
    /// </summary>
    public bool UnannotatedIsNormal { get; init; }

    /// <summary>refuse (default) or no-label, as of most slides of CAMELYON17.</summary>
    public UnknownTumor TumorWithoutAnnotation { get; init; }

    /// <summary>What counts as tissue, in training and where slides are predicted.</summary>
    public TissueOptions Tissue { get; init; } = new();

    /// <summary>Least part of a patch that is tissue; 0.1 by default.</summary>
    public double MinTissue { get; init; } = 0.1;

    /// <summary>balanced (default), equal or all.</summary>
    public PatchSampling Sampling { get; init; }

    /// <summary>Training examples that make an epoch of balanced draws, 2 at least; 65,536 by default.</summary>
    public int Examples { get; init; } = 65_536;

    /// <summary>Examples of an epoch where they are drawn; null where the slides' patches decide how many there are.</summary>
    public long? KnownEpoch => Sampling == PatchSampling.Balanced ? Examples : null;

    /// <summary>Examples that are drawn once of the validation patients, half of each class; 0: all of their patches; 4,096 by default.</summary>
    public int ValidationExamples { get; init; } = 4_096;

    /// <summary>Threads that read slides; 0 (default): one less than there are processors, at least one.</summary>
    public int Readers { get; init; }

    /// <summary>Which annotations are tumor, which normal.</summary>
    public AnnotationClasses Classes { get; init; } = new();

    /// <summary>Threads that read slides.</summary>
    public int ReaderThreads => Readers > 0 ? Readers : Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>Places that may be drawn, for windows of a side.</summary>
    public PatchOptions Places(int side) =>
        GridSide is { } whole
            ? new PatchOptions
            {
                Mpp = Mpp,
                Side = whole,
                Rule = PatchRule.Takahama,
                MinTissue = MinTissue,
                KeepUnlabeled = true,
            }
            : new PatchOptions
            {
                Mpp = Mpp,
                Side = side,
                Overlap = 1 - ((double)Stride / side),
                Border = PatchBorder.Pad,
                Rule = PatchRule.Liu,
                Center = Center,
                MinTissue = MinTissue,
            };

    /// <summary>Reads the section <c>patches</c>: places by stride and center.</summary>
    /// <param name="node">The section.</param>
    /// <param name="side">Pixels to a side of the window.</param>
    /// <exception cref="RecipeException">A value outside its range.</exception>
    public static SlidePatchOptions Read(RecipeNode node, int side)
    {
        var standard = new SlidePatchOptions();
        var read = ReadCommon(node, standard, leastValidation: 2) with
        {
            Examples = node.IntOrAll(
                "examples",
                standard.Examples,
                (2, int.MaxValue),
                "Training examples of an epoch, balanced and rounded down to whole batches; all: every place once, unbalanced",
                "Liu et al. 2017, sec. 3"
            ),
            Stride = node.Int(
                "stride",
                standard.Stride,
                (1, 32_768),
                "Pixels from one place that may be drawn to the next, a twentieth of the window to the window",
                "Liu et al. 2017, sec. 3"
            ),
            Center = node.Int(
                "center",
                standard.Center,
                (1, 32_768),
                "Pixels to a side of the center that makes a window tumor where it holds any, at most the window",
                "Liu et al. 2017, sec. 3"
            ),
        };
        CheckPlaces(node, side, read.Stride, read.Center);
        return read.Examples > 0 ? read : read with { Sampling = PatchSampling.All };
    }

    /// <summary>Refuses a center or a stride that does not go with the window.</summary>
    /// <exception cref="RecipeException">The center is larger, or the stride is not a twentieth of it to all of it.</exception>
    public static void CheckPlaces(RecipeNode node, int side, int stride, int center)
    {
        if (center > side)
            throw node.Wrong("center", $"{center}", $"the window has {side} pixels to a side (input.width)");
        if (stride > side || stride < side / 20.0)
            throw node.Wrong("stride", $"{stride}", $"expected is {Math.Ceiling(side / 20.0)} to {side}, the window");
    }

    /// <summary>Reads the section <c>patches</c>: patches side by side, as published by Takahama et al. by default.</summary>
    /// <exception cref="RecipeException">A value outside its range.</exception>
    public static SlidePatchOptions ReadGrid(RecipeNode node)
    {
        var standard = new SlidePatchOptions { Mpp = 0.5, MinTissue = 0.8 };
        return ReadCommon(node, standard, leastValidation: 0) with
        {
            Sampling = node.Word(
                "sampling",
                standard.Sampling,
                "Which labeled patches make an epoch: examples draws of class, slide, patch (balanced), the rarer class and as many of the other (equal, as published of lymph nodes), or every patch of every slide (all, as published of biopsies)",
                "Takahama et al. 2019, sec. 4.1"
            ),
            Examples = node.Int(
                "examples",
                standard.Examples,
                (2, int.MaxValue),
                "Training examples of an epoch of sampling: balanced, rounded down to whole batches"
            ),
            GridSide = node.Int(
                "side",
                256,
                (8, 32_768),
                "Pixels to a side of patches, cut out side by side and labeled by shares of their area",
                "Takahama et al. 2019, sec. 4.1"
            ),
            UnannotatedIsNormal = node.Flag(
                "unannotated_is_normal",
                standard.UnannotatedIsNormal,
                "Whether tissue that is not annotated as tumor counts as annotated normal, as on CAMELYON's slides"
            ),
        };
    }

    private static SlidePatchOptions ReadCommon(RecipeNode node, SlidePatchOptions standard, int leastValidation) =>
        standard with
        {
            Mpp = node.Number(
                "mpp",
                standard.Mpp,
                (Slides.Geometry.Mpp.Least, Slides.Geometry.Mpp.Most),
                "Microns per pixel of the windows; coarser slides are refused"
            ),
            Tissue = ReadTissue(node),
            MinTissue = node.Number("min_tissue", standard.MinTissue, (0, 1), "Least share of a window that is tissue"),
            ValidationExamples = node.Int(
                "validation_examples",
                standard.ValidationExamples,
                (leastValidation, 10_000_000),
                leastValidation == 0
                    ? "Examples drawn once of the validation patients, half of each class; 0: all of their labeled patches"
                    : "Examples drawn once of the validation patients"
            ),
            Readers = node.Int(
                "readers",
                standard.Readers,
                (0, 1024),
                "Threads that read slides; 0: one less than there are processors"
            ),
            TumorWithoutAnnotation = node.Word(
                "tumor_without_annotation",
                standard.TumorWithoutAnnotation,
                "Slides of a tumor class without annotation are refused, or teach nothing and are only predicted (no-label)"
            ),
            Classes = ReadClasses(node),
        };

    private static TissueOptions ReadTissue(RecipeNode node)
    {
        var standard = new TissueOptions();
        var threshold = node.Int(
            "tissue_threshold",
            -1,
            (-1, 254),
            "Pixels above it, of 255, are tissue; -1: Otsu's threshold of each slide. Liu et al. 2017 leave out what is brighter than 0.8: darkness above 51"
        );
        return standard with
        {
            Channel = node.Word(
                "tissue_channel",
                standard.Channel,
                "What the threshold is laid through: saturation, darkness (255 − gray), green (255 − green)"
            ),
            Threshold = threshold < 0 ? null : threshold,
            Mpp = node.Number("tissue_mpp", standard.Mpp, (0.5, 200), "Microns per pixel of the mask of tissue"),
        };
    }

    /// <summary>Reads the keys <c>tumor_classes</c> and <c>normal_classes</c>.</summary>
    public static AnnotationClasses ReadClasses(RecipeNode node) =>
        new()
        {
            Tumor = Names(
                node.Text(
                    "tumor_classes",
                    "",
                    "Classes of annotations that are tumor, separated by commas; empty: those whose names mean tumor"
                )
            ),
            Normal = Names(
                node.Text(
                    "normal_classes",
                    "",
                    "Classes of annotations that are normal, separated by commas; empty: those whose names mean normal"
                )
            ),
        };

    private static string[] Names(string list) =>
        list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
