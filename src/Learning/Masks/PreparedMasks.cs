using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Inputs;

namespace Coverslip.Learning.Masks;

/// <summary>A part of a split, as far as masks are concerned.</summary>
/// <param name="Number">Which, from 1.</param>
public sealed record MaskPart(int Number)
{
    /// <summary>The thresholds its models were trained with; null: as the recipe says.</summary>
    public MaskRules? Rules { get; init; }

    /// <summary>The images that thresholds are fitted to where the recipe has them calibrated: those it trains on.</summary>
    public IReadOnlyList<CohortRow> FittedOn { get; init; } = [];

    /// <summary>The parts of a split that is about to be trained.</summary>
    public static IReadOnlyList<MaskPart> Of(Split? split, Cohort cohort) =>
        split is null
            ? []
            :
            [
                .. split.Parts.Select(
                    (part, i) => new MaskPart(i + 1) { FittedOn = [.. part.Rows(cohort, SplitSide.Train)] }
                ),
            ];
}

/// <summary>The masks under which the models of each part of a split see a cohort's images.</summary>
public sealed class PreparedMasks
{
    private readonly Dictionary<int, (PatchMasks Masks, MaskRules? Rules)> parts;
    private readonly (PatchMasks Masks, MaskRules? Rules) first;

    /// <summary>The same masks for every part.</summary>
    internal PreparedMasks(PatchMasks masks, MaskRules? rules) => (parts, first) = ([], (masks, rules));

    /// <summary>Masks judged by each part's own thresholds; at least one part.</summary>
    internal PreparedMasks(IEnumerable<(int Part, PatchMasks Masks, MaskRules Rules)> all)
    {
        parts = all.ToDictionary(p => p.Part, p => (p.Masks, (MaskRules?)p.Rules));
        first = parts[parts.Keys.Min()];
    }

    /// <summary>Whether parts see images under masks of their own.</summary>
    public bool ByPart => parts.Values.Select(p => p.Rules).Distinct().Skip(1).Any();

    /// <summary>The masks of a part, from 1; of one that nobody asked for, those of the first.</summary>
    public PatchMasks Of(int part) => parts.GetValueOrDefault(part, first).Masks;

    /// <summary>The thresholds by which a part's masks were judged; null where none were computed.</summary>
    public MaskRules? RulesOf(int part) => parts.GetValueOrDefault(part, first).Rules;

    /// <summary>The mask file of each image under which it was tested; of what no part tests, that of the first part.</summary>
    public Func<CohortRow, string?> OfTested(Split split, Cohort cohort)
    {
        if (!ByPart)
            return first.Masks.FileOf;
        var tested = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (i, part) in split.Parts.Index())
        foreach (var row in part.Rows(cohort, SplitSide.Test))
            tested.TryAdd(row.Image, i + 1);
        return row => Of(tested.GetValueOrDefault(row.Image, 1)).FileOf(row);
    }
}
