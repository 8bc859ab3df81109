using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Formats;

/// <summary>How a slide is opened.</summary>
public sealed record SlideOptions
{
    /// <summary>Resolution of the finest level, over what the file says. Null (default): as the file says.</summary>
    public Mpp? Mpp { get; init; }

    /// <summary>Bytes of decoded tiles to keep, at least 0; by default 64 MiB.</summary>
    public long CacheBytes { get; init; } = 64 << 20;

    /// <summary>Name of the one reader to take; null (default): the first in the list that reads the file.</summary>
    public string? Reader { get; init; }

    /// <summary>Told the notes of a slide that is opened, one by one; null (default): nobody is.</summary>
    public Action<Slide, string>? Noted { get; init; }
}
