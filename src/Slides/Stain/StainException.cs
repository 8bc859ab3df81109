namespace Coverslip.Slides.Stain;

/// <summary>An image whose stain cannot be measured: blank, black, of one color, without tissue.</summary>
/// <param name="reason">What was found, the limit, and what it means; the image is named by whoever read it.</param>
public sealed class StainException(string reason) : Exception(reason);
