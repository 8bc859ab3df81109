namespace Coverslip.Slides.Images;

/// <summary>Which channels and bits <see cref="ImageFile.Read"/> returns.</summary>
public sealed record ImageReadOptions
{
    /// <summary>RGB of 8 bits: what models take. The default of <see cref="ImageFile.Read"/>.</summary>
    public static ImageReadOptions ForModels { get; } = new() { Channels = 3, Depth = 8 };

    /// <summary>Gray stays gray, 16 bits stay 16.</summary>
    public static ImageReadOptions AsStored { get; } = new();

    /// <summary>One channel of 8 bits: what masks are.</summary>
    public static ImageReadOptions Mask { get; } = new() { Channels = 1, Depth = 8 };

    /// <summary>
    /// 3 repeats gray in R, G and B; 1 makes gray as 0.299 R + 0.587 G + 0.114 B; null (default) keeps what the file
    /// has.
    /// </summary>
    public int? Channels { get; init; }

    /// <summary>
    /// 8 divides 16-bit samples by 257, rounding; 16 multiplies by it; null (default) keeps what the file has.
    /// </summary>
    public int? Depth { get; init; }

    /// <summary>Refuses an image of which a pixel is not opaque, instead of laying it on white. False by default.</summary>
    public bool Opaque { get; init; }
}
