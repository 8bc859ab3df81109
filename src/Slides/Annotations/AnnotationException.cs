namespace Coverslip.Slides.Annotations;

/// <summary>A file of annotations that cannot be read, or annotations that a format cannot hold.</summary>
public sealed class AnnotationException(string file, string reason, Exception? cause = null)
    : IOException($"annotations {file}: {reason}", cause)
{
    /// <summary>The file as the caller named it.</summary>
    public string File { get; } = file;

    /// <summary>What is wrong with it.</summary>
    public string Reason { get; } = reason;
}
