using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Augmentation;

/// <summary>How colors are changed at random.</summary>
public enum ColorChange
{
    /// <summary>One affine map: hue and saturation in YIQ, contrast about mid-gray, brightness as a factor.</summary>
    Affine,

    /// <summary>
    /// As TensorFlow's random_brightness (a summand), random_saturation and random_hue (in HSV) and random_contrast (about
    /// the mean of each channel), in this order, cut off at the end.
    /// </summary>
    TensorFlow,

    /// <summary>
    /// Saturation, contrast, brightness and sharpness as Pillow's ImageEnhance, in this order; no hue.
    /// </summary>
    Pillow,
}

/// <summary>Random changes of training images, and the orientations averaged when predicting.</summary>
public sealed record AugmentationOptions
{
    /// <summary>
    /// The color changes of Liu et al. 2017 (arXiv 1703.02442, sec. 3), as TensorFlow computes them.
    /// </summary>
    public static AugmentationOptions Liu2017 { get; } =
        new()
        {
            Colors = ColorChange.TensorFlow,
            Brightness = 64 / 255.0,
            Saturation = 0.25,
            Hue = 0.04,
            Contrast = 0.75,
        };

    /// <summary>
    /// How often an epoch shows each image, in the next orientation each time: 8 are all orientations of a square written
    /// out. 1 by default: once, in a random one.
    /// </summary>
    public int Repeats { get; init; } = 1;

    /// <summary>
    /// Whether images are turned and flipped at random (eight ways; four where they are not square); true by default.
    /// </summary>
    public bool Orientations { get; init; } = true;

    /// <summary>affine (default), tensor-flow or pillow.</summary>
    public ColorChange Colors { get; init; }

    /// <summary>Largest change of brightness, as a share; 0 by default.</summary>
    public double Brightness { get; init; }

    /// <summary>Largest change of contrast, as a share; 0 by default.</summary>
    public double Contrast { get; init; }

    /// <summary>Largest change of saturation, as a share; 0 by default.</summary>
    public double Saturation { get; init; }

    /// <summary>Largest change of sharpness, as a share, with pillow's colors; 0 by default.</summary>
    public double Sharpness { get; init; }

    /// <summary>Largest turn of the hue, as a share of the full circle; 0 by default.</summary>
    public double Hue { get; init; }

    /// <summary>Largest shift in pixels; edges are mirrored. 0 by default.</summary>
    public int Shift { get; init; }

    /// <summary>Largest turn to either side, in degrees, about the center; edges are mirrored. 0 by default.</summary>
    public double Rotation { get; init; }

    /// <summary>
    /// Share of images that are sharpened, and share that are blurred, together 1 at most; 0 by default. See
    /// <see cref="Focus"/>.
    /// </summary>
    public double Sharpen { get; init; }

    /// <inheritdoc cref="Sharpen"/>
    public double Blur { get; init; }

    /// <summary>Largest deviation, in pixels, of the Gaussian that blurs, or that sharpens as an unsharp mask; 1.5 by
    /// default.</summary>
    public double Focus { get; init; } = 1.5;

    /// <summary>Whether the same image comes again, at most in one of the orientations: nothing else is changed.</summary>
    public bool ComesAgain => Brightness + Contrast + Saturation + Sharpness + Hue + Shift == 0 && !ChangesFocusOrAngle;

    internal bool ChangesFocusOrAngle => Rotation > 0 || Sharpen + Blur > 0;

    /// <summary>Whether predictions are averaged over the orientations; false by default.</summary>
    public bool AverageOrientations { get; init; }

    /// <summary>Reads the section of a method that trains on image files, whose epochs may show them several times.</summary>
    /// <exception cref="RecipeException">A value out of its range.</exception>
    public static AugmentationOptions ReadRepeated(RecipeNode node) =>
        Read(node) with
        {
            Repeats = node.Int(
                "repeats",
                1,
                (1, 64),
                "How often an epoch shows each image, in the next orientation each time: 8 are all orientations of a square image written out, 1 a random one",
                "Liu & Sun 2021, sec. 4.1"
            ),
        };

    public static AugmentationOptions Read(RecipeNode node, AugmentationOptions? standard = null)
    {
        standard ??= new AugmentationOptions();
        var read = new AugmentationOptions
        {
            Orientations = node.Flag(
                "orientations",
                standard.Orientations,
                "Whether images are turned and flipped at random: eight ways if square, four otherwise"
            ),
            Colors = node.Word(
                "colors",
                standard.Colors,
                "How colors change: one affine map with hue and saturation in YIQ (affine), TensorFlow's formulas in HSV, cut off at the end (tensor-flow), or ImageEnhance's without hue (pillow)"
            ),
            Brightness = node.Number(
                "brightness",
                standard.Brightness,
                (0, 1),
                "Largest change of brightness, as a share"
            ),
            Contrast = node.Number("contrast", standard.Contrast, (0, 1), "Largest change of contrast, as a share"),
            Saturation = node.Number(
                "saturation",
                standard.Saturation,
                (0, 1),
                "Largest change of saturation, as a share"
            ),
            Sharpness = node.Number(
                "sharpness",
                standard.Sharpness,
                (0, 1),
                "Largest change of sharpness, as a share; with colors: pillow only"
            ),
            Hue = node.Number(
                "hue",
                standard.Hue,
                (0, 0.5),
                "Largest turn of the hue, as a share of the full circle; not with colors: pillow"
            ),
            Shift = node.Int("shift", standard.Shift, (0, 4096), "Largest shift in pixels; edges are mirrored"),
            Rotation = node.Number(
                "rotation",
                standard.Rotation,
                (0, 180),
                "Largest turn to either side, in degrees, about the center; bilinear, edges are mirrored"
            ),
            Sharpen = node.Number(
                "sharpen",
                standard.Sharpen,
                (0, 1),
                "Share of images that are sharpened by an unsharp mask of random strength up to 1"
            ),
            Blur = node.Number(
                "blur",
                standard.Blur,
                (0, 1),
                "Share of images that are blurred by a Gaussian of random width up to focus; with sharpen at most 1"
            ),
            Focus = node.Number("focus", standard.Focus, (0.1, 16), "Largest deviation of that Gaussian, in pixels"),
            AverageOrientations = node.Flag(
                "average_orientations",
                standard.AverageOrientations,
                "Whether predictions are means over the orientations; takes eight (or four) times as long"
            ),
        };
        if (read.Sharpen + read.Blur > 1)
            throw node.Wrong("blur", $"{read.Blur}", $"with sharpen {read.Sharpen} the shares exceed 1");
        if (read is { Sharpness: > 0, Colors: not ColorChange.Pillow })
            throw node.Wrong("sharpness", $"{read.Sharpness}", "only colors: pillow changes sharpness");
        if (read is { Hue: > 0, Colors: ColorChange.Pillow })
            throw node.Wrong("hue", $"{read.Hue}", "colors: pillow turns no hue; set 0, or other colors");
        return read;
    }
}
