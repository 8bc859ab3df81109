namespace Coverslip.Slides.Images;

/// <summary>A file that is no whole image of a known format. Never replaced by a blank image.</summary>
public sealed class UnreadableImageException(string file, string reason, Exception? cause = null)
    : IOException($"image {file}: {reason}", cause)
{
    /// <summary>The file as the caller named it.</summary>
    public string File { get; } = file;

    /// <summary>What is wrong with it.</summary>
    public string Reason { get; } = reason;
}
