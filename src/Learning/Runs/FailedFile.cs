using Coverslip.Slides.Stain;

namespace Coverslip.Learning.Runs;

/// <summary>A file that could not be predicted, while others could.</summary>
/// <param name="Name">Its name without extension.</param>
/// <param name="Reason">Why.</param>
public sealed record FailedFile(string Name, string Reason)
{
    /// <summary>
    /// Whether an error is that of one file, so that the next is predicted: what it holds, where it lies, what is beside it.
    /// All else ends a call.
    /// </summary>
    public static bool Is(Exception error) =>
        error
            is IOException
                or InvalidDataException
                or UnauthorizedAccessException
                or ArgumentException
                or InvalidOperationException
                or StainException;
}
