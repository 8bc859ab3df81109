namespace Coverslip.Learning.Runs;

/// <summary>How files are asked to be predicted; null is not asked, and the run decides.</summary>
public sealed record PredictionRequest
{
    /// <summary>Microns per pixel of the run's training images, where the run does not say.</summary>
    public double? Mpp { get; init; }

    /// <summary>Pixels from one window to the next.</summary>
    public int? Stride { get; init; }

    /// <summary>What is above it is detected.</summary>
    public double? Threshold { get; init; }

    /// <summary>Microns around a detection in which there is no second one.</summary>
    public double? RadiusMicrons { get; init; }

    /// <summary>One detection per connected component, instead of repeated maxima.</summary>
    public bool Components { get; init; }

    /// <summary>Each window once, not in its eight orientations.</summary>
    public bool NoOrientations { get; init; }

    /// <summary>Windows at a time.</summary>
    public int? Batch { get; init; }

    /// <summary>Also what the network sees again.</summary>
    public bool Reconstructions { get; init; }

    /// <summary>How often what is done within a slide is saved.</summary>
    public TimeSpan? SaveEvery { get; init; }

    /// <summary>A smaller run that sees all windows first; null, the default, for none.</summary>
    public FirstRequest? First { get; init; }

    /// <summary>
    /// Whose a file is, by its name without extension, as a cohort says; null, the default, where nobody says.
    /// </summary>
    public Func<string, string?>? PatientOf { get; init; }

    /// <summary>Refuses what a method cannot do, instead of leaving it out in silence.</summary>
    /// <param name="method">The method, as recipes name it.</param>
    /// <param name="options">The options that it takes, as the command line names them.</param>
    /// <exception cref="InvalidOperationException">Others are asked for.</exception>
    public void Only(string method, params IReadOnlyList<string> options)
    {
        string[] refused = [.. Asked.Except(options)];
        if (refused.Length > 0)
            throw new InvalidOperationException(
                $"{string.Join(", ", refused)}: runs of the method {method} do without; leave it out (they take "
                    + $"{string.Join(", ", options)})"
            );
    }

    private IEnumerable<string> Asked =>
        new (string Name, bool IsAsked)[]
        {
            ("--mpp", Mpp is not null),
            ("--stride", Stride is not null),
            ("--threshold", Threshold is not null),
            ("--radius-microns", RadiusMicrons is not null),
            ("--components", Components),
            ("--no-orientations", NoOrientations),
            ("--batch", Batch is not null),
            ("--reconstructions", Reconstructions),
            ("--save-every", SaveEvery is not null),
            ("--first", First is not null),
        }
            .Where(o => o.IsAsked)
            .Select(o => o.Name);
}
