namespace Coverslip.Slides.Tissue;

/// <summary>What Otsu's threshold is laid through; on each of them tissue is high and glass low.</summary>
public enum TissueChannel
{
    /// <summary>Saturation of HSV: color against white and gray glass.</summary>
    Saturation = 0,

    /// <summary>255 − gray: dark against bright; also gray dirt and pen.</summary>
    Darkness = 1,

    /// <summary>255 − green: what haematoxylin and eosin absorb most.</summary>
    Green = 2,
}

/// <summary>How tissue is told from glass.</summary>
public sealed record TissueOptions
{
    public TissueChannel Channel { get; init; } = TissueChannel.Saturation;

    /// <summary>Microns per pixel of the mask, 0.5 to 200; a slide that is coarser has its own.</summary>
    public double Mpp { get; init; } = 8;

    /// <summary>Instead of Otsu's threshold: pixels above it are tissue; 0 to 254.</summary>
    public int? Threshold { get; init; }

    /// <summary>Otsu's threshold once, which often leaves weakly stained tissue out; by default not.</summary>
    public bool StrongOnly { get; init; }

    /// <summary>
    /// Otsu's threshold parts noise, too. Where the means of both sides are nearer than this (of 255), the slide is
    /// blank; 0 to 255.
    /// </summary>
    public double MinContrast { get; init; } = 15;

    /// <summary>Holes up to this area are filled, in mm²; 0 fills none.</summary>
    public double FillHoles { get; init; } = 0.1;

    /// <summary>Smaller pieces are left out, in mm², after holes were filled.</summary>
    public double MinArea { get; init; } = 0.01;

    /// <summary>Whether ink counts as tissue where it has its color; by default it is left out.</summary>
    public bool KeepPen { get; init; }

    /// <summary>Whether what is strongly out of focus counts as tissue; by default it is left out.</summary>
    public bool KeepBlur { get; init; }

    /// <summary>All of it in words.</summary>
    public string Rule
    {
        get
        {
            var threshold = Threshold is { } given
                ? $"above {given}"
                : $"above Otsu's threshold{(StrongOnly ? "" : ", of weak stain too,")} from a contrast of {MinContrast}";
            return FormattableString.Invariant($"{TissueFinder.Word(Channel)} at {Mpp} µm/px {threshold}, ")
                + FormattableString.Invariant($"holes to {FillHoles} mm², pieces from {MinArea} mm²")
                + (KeepPen ? "" : ", without pen")
                + (KeepBlur ? "" : ", without blur");
        }
    }

    /// <exception cref="ArgumentException">A value out of its range.</exception>
    public void Check()
    {
        Within(Mpp, 0.5, 200, nameof(Mpp));
        Within(Threshold ?? 0, 0, 254, nameof(Threshold));
        Within(MinContrast, 0, 255, nameof(MinContrast));
        Within(FillHoles, 0, double.MaxValue, nameof(FillHoles));
        Within(MinArea, 0, double.MaxValue, nameof(MinArea));
    }

    private static void Within(double value, double least, double most, string name)
    {
        if (!(value >= least && value <= most))
            throw new ArgumentException(
                FormattableString.Invariant($"{name} is {value}; it goes from {least} to {most}")
            );
    }
}
