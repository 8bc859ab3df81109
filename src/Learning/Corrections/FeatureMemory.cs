namespace Coverslip.Learning.Corrections;

/// <summary>
/// Bounds what features of slides take: those of finished slides lie in files, and of the slides that were used longest ago
/// they are dropped and read again when they are asked for.
/// </summary>
internal sealed class FeatureMemory(IReadOnlyList<CorrectionSlide> slides)
{
    private readonly List<CorrectionSlide> used = []; // the last one last

    /// <summary>Bytes at most, but for the slide that was used last and those that are not finished.</summary>
    internal long Most { get; set; } = 1L << 30;

    internal long HeldBytes => slides.Where(s => s.Opened).Sum(s => s.Features.HeldBytes);

    /// <summary>Told after a slide's features were used.</summary>
    internal void Used(CorrectionSlide slide)
    {
        used.Remove(slide);
        used.Add(slide);
        foreach (var old in used.SkipLast(1).ToArray())
        {
            if (HeldBytes <= Most)
                return;
            if (old.Features.Drop())
                used.Remove(old);
        }
    }
}
