namespace Coverslip.Slides.Formats;

/// <summary>A slide, or a part of one, that cannot be read. Its pixels are never replaced by white ones.</summary>
public sealed class UnreadableSlideException(string file, string reason, Exception? cause = null)
    : IOException($"slide {file}: {reason}", cause)
{
    /// <summary>The file as the caller named it.</summary>
    public string File { get; } = file;

    /// <summary>What is wrong with it, with level and tile where it is about one.</summary>
    public string Reason { get; } = reason;

    /// <summary>Whether the file is a slide all the same, and not an image that no reader of slides takes.</summary>
    internal bool IsSlide { get; init; }

    /// <summary>Whether every reader says that the file is none of its own, as of an image.</summary>
    internal bool IsDeclined { get; init; }
}
