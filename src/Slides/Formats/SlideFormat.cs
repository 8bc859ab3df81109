namespace Coverslip.Slides.Formats;

/// <summary>A way to read slides.</summary>
/// <param name="Name">What <c>slide info</c> calls it.</param>
/// <param name="Open">
/// Opens the file, or says why it is not for this reader. Throws <see cref="UnreadableSlideException"/> for a file
/// that is damaged, which no other reader shall guess at.
/// </param>
internal sealed record SlideFormat(string Name, Func<string, SlideOptions, SlideAttempt> Open);

/// <summary>What came of an attempt to open a file: a slide, or none.</summary>
/// <param name="Slide">Null where the file is not for this reader.</param>
/// <param name="Reason">Why the reader took the file, or did not.</param>
internal readonly record struct SlideAttempt(Slide? Slide, string Reason);

/// <summary>Which reader took a file.</summary>
/// <param name="Name">The reader.</param>
/// <param name="Reason">Why it took the file.</param>
/// <param name="Declined">The readers asked before, with why they did not.</param>
public sealed record SlideReaderChoice(
    string Name,
    string Reason,
    IReadOnlyList<(string Name, string Reason)> Declined
);
