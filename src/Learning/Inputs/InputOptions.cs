using Coverslip.Learning.Recipes;
using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;

namespace Coverslip.Learning.Inputs;

/// <summary>What the network sees of an image and its mask.</summary>
public enum InputForm
{
    /// <summary>The image times its mask.</summary>
    Masked,

    /// <summary>The image as it is.</summary>
    Raw,

    /// <summary>The image times its mask, and the mask as a fourth channel.</summary>
    MaskChannel,
}

/// <summary>What becomes of an image in whose mask nothing is valid.</summary>
public enum EmptyMask
{
    /// <summary>It is used without a mask.</summary>
    Raw,

    /// <summary>It is left out of training; it is still predicted, without a mask.</summary>
    Drop,
}

/// <summary>Where masks come from.</summary>
public enum MaskSource
{
    /// <summary>Made without labels (Liu &amp; Sun 2021, sec. 3.1.1).</summary>
    Computed,

    /// <summary>The cohort's <c>mask</c> column.</summary>
    Column,

    /// <summary>The same, turned by half a turn: a control, as large and of the same shapes, in the wrong places.</summary>
    Turned,
}

/// <summary>Input of a run.</summary>
public sealed record InputOptions
{
    /// <summary>masked (default), raw or mask-channel.</summary>
    public InputForm Form { get; init; } = InputForm.Masked;

    /// <summary>Height in pixels that images are resized to; 768 by default.</summary>
    public int Height { get; init; } = 768;

    /// <summary>Width in pixels that images are resized to; 768 by default.</summary>
    public int Width { get; init; } = 768;

    /// <summary>computed (default), column, or turned.</summary>
    public MaskSource Masks { get; init; }

    /// <summary>Whether every image needs a mask in the cohort's column.</summary>
    public bool NeedsMaskColumn => Form != InputForm.Raw && Masks != MaskSource.Computed;

    /// <summary>
    /// Rules of computed masks: <c>published</c> (default), <c>calibrated</c> (fitted without labels to the training images of each part), or
    /// a file.
    /// </summary>
    public string MaskRules { get; init; } = "published";

    /// <summary>Images are shrunk by this factor while their masks are made; 1 by default.</summary>
    public double MaskScale { get; init; } = 1;

    /// <summary>
    /// Channels of the segmentation network and labels at its start; 100 by default. Small patches do with fewer.
    /// </summary>
    public int MaskChannels { get; init; } = 100;

    /// <summary>Most steps of a segmentation; 100 by default.</summary>
    public int MaskSteps { get; init; } = 100;

    /// <summary>Whether the valid area is rotated and shifted to fill masked regions; false by default.</summary>
    public bool Fill { get; init; }

    /// <summary>raw (default) or drop.</summary>
    public EmptyMask EmptyMask { get; init; }

    /// <summary>
    /// Whether each image's unmasked pixels are brought to mean 0 and deviation 1 per channel, so that how dark and how
    /// pink a
    /// patient is stained tells nothing; masked pixels are then 0, the mean. False by default: images lie in [0, 1].
    /// </summary>
    public bool Standardize { get; init; }

    /// <summary>
    /// The stain that images are brought to before masks are made of them and before they are resized: a file of
    /// <c>coverslip stain fit</c> (<c>.json</c>), a reference image, or <c>none</c> (default).
    /// </summary>
    public string Stain { get; init; } = NoStain;

    /// <summary>How a reference image is measured; vahadane by default. A stain file has its own.</summary>
    public StainMethod StainMethod { get; init; } = StainMethod.Vahadane;

    /// <summary>error (default) or keep: what becomes of an image whose stain cannot be measured.</summary>
    public RefusedStain StainRefused { get; init; }

    /// <summary>
    /// How images are brought to their size: area (default), linear (bilinear), cubic or nearest. Masks are always nearest.
    /// </summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Area;

    /// <summary>
    /// Whether images are gray: color is taken for a stored copy of gray and averaged, and the network sees three equal
    /// channels. False by default; true for radiographs.
    /// </summary>
    public bool Gray { get; init; }

    /// <summary>Whether images are brought to a reference's stain.</summary>
    public bool Restained => Stain != NoStain;

    private const string NoStain = "none";

    /// <summary>Channels that the network is given.</summary>
    public int Channels => Form == InputForm.MaskChannel ? 4 : 3;

    /// <summary>The orientations that predictions are averaged over: all that keep the size, or the first alone.</summary>
    public int[] Orientations(bool averaged) =>
        !averaged ? [0]
        : Height == Width ? [0, 1, 2, 3, 4, 5, 6, 7]
        : [0, 2, 4, 6];

    public static InputOptions Read(RecipeNode node, InputOptions? standard = null)
    {
        standard ??= new InputOptions();
        return new InputOptions
        {
            Form = node.Word(
                "form",
                standard.Form,
                "What the network sees: the image times its mask (masked), the image as it is (raw), or the former and the mask as a fourth channel (mask-channel)",
                "Liu & Sun 2021, sec. 4.2"
            ),
            Height = node.Int("height", standard.Height, (16, 16384), "Height in pixels that images are resized to"),
            Width = node.Int("width", standard.Width, (16, 16384), "Width in pixels that images are resized to"),
            Masks = node.Word(
                "masks",
                standard.Masks,
                "Where masks come from: made without labels (computed), the cohort's column mask, where any non-zero value is valid (column), or the latter by half a turn, which is valid in the wrong places (turned)",
                "Liu & Sun 2021, sec. 3.1.1"
            ),
            MaskRules = node.Text(
                "mask_rules",
                standard.MaskRules,
                "Thresholds of computed masks: the paper's (published), fitted without labels to the training images of each part (calibrated), or a file of 'coverslip mask calibrate', relative to the current folder",
                "Liu & Sun 2021, sec. 3.1.1"
            ),
            MaskScale = node.Number(
                "mask_scale",
                standard.MaskScale,
                (0.05, 1),
                "Factor that images are shrunk by while their masks are made"
            ),
            MaskChannels = node.Int(
                "mask_channels",
                standard.MaskChannels,
                (8, 256),
                "Channels of the segmentation network that makes masks, and its labels at the start; 32 suits small patches"
            ),
            MaskSteps = node.Int(
                "mask_steps",
                standard.MaskSteps,
                (1, 10_000),
                "Most steps of a segmentation that makes a mask"
            ),
            Fill = node.Flag(
                "fill",
                standard.Fill,
                "Whether the valid area, turned and shifted once per image, fills masked regions",
                "Liu & Sun 2021, sec. 3.1.1"
            ),
            EmptyMask = node.Word(
                "empty_mask",
                standard.EmptyMask,
                "An image in whose mask nothing is valid is used without a mask (raw), or left out of training but still judged and predicted without one (drop)"
            ),
            Standardize = node.Flag(
                "standardize",
                standard.Standardize,
                "Whether each image's unmasked pixels are brought to mean 0 and deviation 1 per channel; masked pixels are 0, and a reconstruction's error is about 20 times larger"
            ),
            Stain = node.Text(
                "stain",
                standard.Stain,
                "Reference whose stain images are brought to, before masks are made and before resizing: none, a file of 'coverslip stain fit' (.json) or a reference image, relative to the current folder"
            ),
            StainMethod = node.Word(
                "stain_method",
                standard.StainMethod,
                "How a reference image is measured; a stain file has its own method"
            ),
            StainRefused = node.Word(
                "stain_refused",
                standard.StainRefused,
                "An image whose stain cannot be measured stops the run by name (error), or is used as it is and counted (keep)"
            ),
            Interpolation = node.Word(
                "interpolation",
                standard.Interpolation,
                "How images are resized; masks are always nearest"
            ),
            Gray = node.Flag(
                "gray",
                standard.Gray,
                "Whether images are taken for gray: color is averaged, and the network sees three equal channels"
            ),
        };
    }
}
