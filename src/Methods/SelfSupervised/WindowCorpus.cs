using Coverslip.Files;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.SlidePatches;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>A window that was drawn.</summary>
/// <param name="At">Its source, class and place on the grid.</param>
/// <param name="Down">Pixels by which it lies below its place.</param>
/// <param name="Right">Pixels by which it lies right of it.</param>
internal readonly record struct CorpusWindow(DrawnPatch At, int Down, int Right)
{
    /// <summary>Reads it with a random change.</summary>
    internal void Read(ImageChange change, PatchTarget target) =>
        At.Source.Read(At.Label, At.Index, change.Shifted(Down, Right), target);
}

/// <summary>
/// The windows of some patients: foreground or background with equal chance, a source that has such, a random place on it
/// (Pasumarthi &amp; Jaiswal, sec. III.2). Window n depends on the seed and n alone, so that a smaller set is the beginning of a
/// larger one.
/// </summary>
internal static class WindowCorpus
{
    /// <summary>Draws windows.</summary>
    /// <param name="sampler">Of the patients' sources.</param>
    /// <param name="count">How many.</param>
    /// <param name="stride">Pixels between places; a window moves by up to half of them.</param>
    /// <param name="seed">Of the draw.</param>
    /// <param name="stream">Tells draws of one seed apart, such as those of two sides of a split.</param>
    internal static IReadOnlyList<CorpusWindow> Draw(
        BalancedSampler sampler,
        int count,
        int stride,
        long seed,
        int stream = 0
    )
    {
        var drawn = new CorpusWindow[count];
        for (var n = 0; n < count; n++)
        {
            var random = new SeededRandom(seed + ((n + 1L) * 1_000_003), stream);
            var at = sampler.Draw(random);
            var (down, right) = (random.Below(stride + 1) - (stride / 2), random.Below(stride + 1) - (stride / 2));
            drawn[n] = new CorpusWindow(at, down, right);
        }
        return drawn;
    }
}
