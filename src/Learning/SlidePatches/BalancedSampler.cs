using Coverslip.Files;

namespace Coverslip.Learning.SlidePatches;

/// <summary>An example that was drawn.</summary>
/// <param name="Source">The slide, or the patient with image files.</param>
/// <param name="Label">Index of its class.</param>
/// <param name="Index">Which of the source's examples of the class.</param>
public readonly record struct DrawnPatch(PatchSource Source, int Label, int Index);

/// <summary>
/// Draws examples so that neither a class nor a large slide dominates (Liu et al. 2017, sec. 3): a class, each with
/// equal chance; of the slides that have patches of it one, uniformly; of these patches one, uniformly.
/// </summary>
public sealed class BalancedSampler
{
    private readonly PatchSource[][] having; // [class][source]

    /// <param name="sources">Slides, and patients with image files.</param>
    /// <param name="classes">Names of the classes.</param>
    /// <param name="side">Names the side of the split in errors, such as "training".</param>
    /// <exception cref="InvalidDataException">A class of which no source has a patch.</exception>
    public BalancedSampler(IReadOnlyList<PatchSource> sources, IReadOnlyList<string> classes, string side)
    {
        Sources = sources;
        having = [.. classes.Select((_, label) => sources.Where(s => s.Count(label) > 0).ToArray())];
        var missing = Array.FindIndex(having, h => h.Length == 0);
        if (missing < 0)
            return;
        var reasons = sources
            .OfType<SlideSource>()
            .Select(s => s.Reason is { } reason ? $"{s.Name}: {reason}" : null)
            .OfType<string>()
            .Take(3)
            .ToArray();
        throw new InvalidDataException(
            $"the {side} patients have no patch of class {classes[missing]} on {sources.Count} slides"
                + (reasons.Length > 0 ? $" ({string.Join("; ", reasons)})" : "")
                + "; use another split (a larger split.validation_share, fewer folds), more patients, or a smaller patches.min_tissue"
        );
    }

    internal IReadOnlyList<PatchSource> Sources { get; }

    public DrawnPatch Draw(SeededRandom random)
    {
        var label = random.Below(having.Length);
        var source = having[label][random.Below(having[label].Length)];
        return new DrawnPatch(source, label, random.Below(source.Count(label)));
    }
}
