namespace Coverslip.Learning.StoredFeatures;

/// <summary>Features of a slide's patches, as files hold them.</summary>
public sealed record PatchFeatures
{
    /// <summary>The slide's file name without extension.</summary>
    public required string Name { get; init; }

    /// <summary>[N, D], row by row.</summary>
    public required Half[] Values { get; init; }

    /// <summary>Numbers of a patch, D.</summary>
    public required int Numbers { get; init; }

    /// <summary>[N, 2]: x and y of each patch's top left corner.</summary>
    public required double[] Places { get; init; }

    /// <summary>Whether places count microns, as STAMP's do; false (default): pixels of level 0.</summary>
    public bool InMicrons { get; init; }

    /// <summary>What is known of patches and encoder.</summary>
    public PatchFacts Facts { get; init; } = new();

    /// <summary>Patches, N.</summary>
    public int Count => Places.Length / 2;

    /// <summary>Places in pixels of level 0, whole ones.</summary>
    /// <exception cref="InvalidDataException">They are in microns, and nobody says how large a pixel is.</exception>
    internal long[] PixelPlaces()
    {
        var pitch = !InMicrons
            ? 1
            : Facts.Level0Mpp
                ?? throw new InvalidDataException(
                    $"{Name}: places are in microns, and the file does not say how many a pixel of the slide has; keep it as stamp or npz, or compute the features anew"
                );
        return Array.ConvertAll(Places, p => (long)Math.Round(p / pitch));
    }
}

/// <summary>What features are of; null where a file does not say.</summary>
public sealed record PatchFacts
{
    /// <summary>Identity of the encoder (<see cref="Encoders.Encoder.Identity"/>), or what another program calls it.</summary>
    public string? Encoder { get; init; }

    /// <summary>Pixels to a side of a patch, as the encoder saw it.</summary>
    public int? Side { get; init; }

    /// <summary>Pixels of level 0 to a side of a patch.</summary>
    public double? Level0Side { get; init; }

    /// <summary>Microns per pixel of a patch.</summary>
    public double? Mpp { get; init; }

    /// <summary>Microns per pixel of level 0.</summary>
    public double? Level0Mpp { get; init; }

    /// <summary>Pixels of level 0.</summary>
    public (long Width, long Height)? Level0Size { get; init; }

    /// <summary>What read the slide.</summary>
    public string? Reader { get; init; }

    /// <summary>Which patches are taken.</summary>
    public string? Tissue { get; init; }

    /// <summary>How patches were turned and recolored.</summary>
    public string? View { get; init; }
}
