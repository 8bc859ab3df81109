namespace Coverslip.Evaluation.Detection;

/// <summary>
/// What makes a lesion of a truth mask: the constants of the CAMELYON16 evaluation (Ehteshami Bejnordi et al. 2017),
/// in microns, and the mask's place in the slide's pyramid.
/// </summary>
public sealed record LesionRules
{
    /// <summary>The mask's level: its pixels are 2^level pixels of the slide wide. Default 5; 0 to 20.</summary>
    public int Level { get; init; } = 5;

    /// <summary>Microns per pixel of the slide at level 0. Default 0.243; above 0.</summary>
    public double MicronsPerPixel { get; init; } = 0.243;

    /// <summary>
    /// Pixels nearer to tumor than half of this, in microns, belong to the lesion. Default 75: five tumor cells.
    /// </summary>
    public double Bridge { get; init; } = 75;

    /// <summary>A lesion whose major axis is below this, in microns, is isolated tumor cells. Default 275.</summary>
    public double IsolatedBelow { get; init; } = 275;

    /// <summary>Pixels of the slide to a pixel of the mask.</summary>
    public double Downsampling => Math.Pow(2, Level);

    /// <summary><see cref="Bridge"/>'s half in pixels of the mask.</summary>
    public double Reach => Bridge / (MicronsPerPixel * Downsampling * 2);

    /// <summary><see cref="IsolatedBelow"/> in pixels of the mask.</summary>
    public double IsolatedAxis => IsolatedBelow / (MicronsPerPixel * Downsampling);

    /// <exception cref="ArgumentException">A value outside of its range.</exception>
    internal void Check()
    {
        if (Level is < 0 or > 20)
            throw new ArgumentException($"level {Level} is none of 0 to 20");
        if (!(MicronsPerPixel > 0 && double.IsFinite(MicronsPerPixel)))
            throw new ArgumentException($"{MicronsPerPixel} microns per pixel; a resolution is above 0");
        if (!(Bridge > 0 && double.IsFinite(Bridge)) || !(IsolatedBelow >= 0 && double.IsFinite(IsolatedBelow)))
            throw new ArgumentException($"lesions of {Bridge} and {IsolatedBelow} microns; lengths are above 0");
    }
}
