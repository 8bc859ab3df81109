namespace Coverslip.Learning.Masks;

/// <summary>The method's own figures.</summary>
public sealed record MaskCalibrationOptions
{
    /// <summary>
    /// Least distance in gray levels between the mean brightness of tissue and of blank areas; 30 by default.
    /// </summary>
    public double BrightnessGap { get; init; } = 30;

    /// <summary>
    /// Least distance in gray levels between the mean texture of rough and of smooth areas; 10 by default.
    /// </summary>
    public double TextureGap { get; init; } = 10;

    /// <summary>
    /// Red areas are cut off only where they stand clearly apart, by so many deviations within the sides: a normal
    /// distribution cut in half has 2.7, a uniform one 3.5, two normal ones that hardly overlap 6. 3 to 20; 4.5 by
    /// default.
    /// </summary>
    public double Separation { get; init; } = 4.5;

    /// <summary>
    /// Where there is no cut, areas so many robust deviations from the cohort's median are outliers, 1 to 20; 3 by
    /// default.
    /// </summary>
    public double Deviations { get; init; } = 3;

    /// <summary>
    /// The least robust deviation in gray levels, so that an even cohort loses nothing to noise; 4 by default.
    /// </summary>
    public double LeastDeviation { get; init; } = 4;

    /// <summary>Share of images that must keep some area, 0 to 1; 0.8 by default.</summary>
    public double LeastImages { get; init; } = 0.8;
}

/// <summary>Fitted thresholds and how they came about.</summary>
/// <param name="Rules">The thresholds.</param>
/// <param name="Cuts">Rules whose threshold is a cut between two sides; the others bound outliers.</param>
/// <param name="Widened">How often cuts were given up or limits widened for enough images to keep some area.</param>
/// <param name="ShareWithArea">Share of images that keep some area.</param>
public sealed record MaskCalibrationResult(MaskRules Rules, MaskRule Cuts, int Widened, double ShareWithArea);

/// <summary>
/// Fits the thresholds of <see cref="MaskRules"/> to the areas of a cohort's images, without labels. Blank is settled
/// first, then red among what is not blank, then dark and smooth among what is neither. A threshold is Otsu's cut where
/// the sides are far enough apart and the side it removes is the smaller; else, and always for dark, the limit beyond
/// which an area is an outlier of the cohort. If too few images keep an area, the cut of smooth areas is given up, then
/// the limit of blank is lifted as far as need be, then all cuts are given up, then limits are widened.
/// </summary>
public static class MaskCalibration
{
    /// <param name="images">The areas of every image.</param>
    /// <param name="options">The method's figures.</param>
    /// <exception cref="ArgumentException">No areas, or an option out of its range.</exception>
    public static MaskCalibrationResult Fit(
        IReadOnlyList<IReadOnlyList<Area>> images,
        MaskCalibrationOptions? options = null
    )
    {
        options ??= new MaskCalibrationOptions();
        MaskOptions.Within(options.Separation, 3, 20, nameof(options.Separation));
        MaskOptions.Within(options.Deviations, 1, 20, nameof(options.Deviations));
        MaskOptions.Within(options.LeastImages, 0, 1, nameof(options.LeastImages));
        if (!images.Any(i => i.Count > 0))
            throw new ArgumentException("there are no areas to fit thresholds to", nameof(images));
        for (var widened = 0; ; widened++)
        {
            var allowed = widened switch
            {
                0 => MaskRule.Blank | MaskRule.Red | MaskRule.Smooth,
                1 or 2 => MaskRule.Blank | MaskRule.Red,
                _ => MaskRule.None,
            };
            var limits = options with { Deviations = options.Deviations + Math.Max(0, widened - 3) };
            var (rules, cuts) = Once(images, allowed, widened == 2 ? PaleLimit(images, options) : 0, limits);
            var share =
                images.Count(i => i.Any(a => rules.Judge(a.Brightness, a.Redness, a.Texture) == MaskRule.None))
                / (double)images.Count;
            if (share >= options.LeastImages || widened == 20)
                return new MaskCalibrationResult(rules, cuts, widened, share);
        }
    }

    private static (MaskRules Rules, MaskRule Cuts) Once(
        IReadOnlyList<IReadOnlyList<Area>> images,
        MaskRule allowed,
        double leastHigh,
        MaskCalibrationOptions options
    )
    {
        var areas = images.SelectMany(i => i).ToList();
        var cuts = MaskRule.None;
        double Threshold(MaskRule rule, Func<Area, double> figure, bool upper)
        {
            var values = areas.Select(a => (figure(a), a.Share)).ToList();
            var cut = allowed.HasFlag(rule) ? CutOf(rule, values, upper, options) : null;
            if (cut is not null)
                cuts |= rule;
            // Dense nuclei are dark and are what is wanted: dark areas are never cut off, and must lie twice as far out
            // as others.
            var deviations =
                options.Deviations
                * (
                    rule == MaskRule.Dark ? -2
                    : upper ? 1
                    : -1
                );
            var threshold = cut ?? ThresholdFit.Outliers(values, deviations, options.LeastDeviation);
            if (rule == MaskRule.Blank)
                threshold = Math.Max(threshold, leastHigh);
            threshold = Math.Round(threshold, 1);
            areas = [.. areas.Where(a => upper ? figure(a) <= threshold : figure(a) >= threshold)];
            return threshold;
        }
        var high = Math.Min(255, Threshold(MaskRule.Blank, a => a.Brightness, upper: true));
        var red = Math.Min(255, Threshold(MaskRule.Red, a => a.Redness, upper: true));
        var low = Math.Clamp(Threshold(MaskRule.Dark, a => a.Brightness, upper: false), 0, high);
        var smooth = Math.Max(-1, Threshold(MaskRule.Smooth, a => a.Texture, upper: false) - 0.1);
        return (
            new MaskRules
            {
                High = high,
                Red = red,
                Low = low,
                Smooth = smooth,
            },
            cuts
        );
    }

    /// <summary>The brightness that enough images, and one in twenty more, go below with some area.</summary>
    private static double PaleLimit(IReadOnlyList<IReadOnlyList<Area>> images, MaskCalibrationOptions options)
    {
        var darkest = images.Select(i => i.Min(a => a.Brightness)).Order().ToArray();
        var needed = (int)Math.Ceiling(Math.Min(1, options.LeastImages + 0.05) * darkest.Length);
        return darkest[Math.Clamp(needed - 1, 0, darkest.Length - 1)] + 0.1;
    }

    private static double? CutOf(
        MaskRule rule,
        IReadOnlyList<(double Value, double Weight)> values,
        bool upper,
        MaskCalibrationOptions options
    )
    {
        if (ThresholdFit.Cut(values) is not { } sides)
            return null;
        var removed = upper ? 1 - sides.Below : sides.Below;
        var apart = rule switch
        {
            MaskRule.Blank => sides.Distance >= options.BrightnessGap,
            MaskRule.Smooth => sides.Distance >= options.TextureGap,
            _ => sides.Distance >= options.Separation * sides.Within,
        };
        return apart && removed <= 0.5 ? sides.Cut : null;
    }
}
