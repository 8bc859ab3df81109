using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Models;

namespace Coverslip.Learning.Runs;

/// <summary>
/// Maps of the test images that a report shows, as pictures in a part's folder: which images these are follows from its
/// predictions alone, so that whoever reads them finds their pictures.
/// </summary>
public sealed class CaseMaps
{
    /// <summary>As large as pages show them.</summary>
    public const int LongestSide = 512;

    private readonly Cohort cohort;
    private readonly string folder;
    private readonly ILookup<string, FindingCase> cases;

    /// <param name="tested">Decided predictions.</param>
    /// <param name="cohort">Whose images they are.</param>
    /// <param name="part">The part's folder.</param>
    internal CaseMaps(Predictions tested, Cohort cohort, string part)
    {
        (this.cohort, folder) = (cohort, part);
        cases = FindingCase.Of(tested).ToLookup(c => c.Image.Image, StringComparer.Ordinal);
    }

    /// <summary>Where a part keeps them.</summary>
    public static string FolderOf(string part) => Path.Combine(part, "maps");

    /// <summary>The picture of a case in a part's folder.</summary>
    public static string FileOf(string part, FindingCase shown) =>
        Path.Combine(FolderOf(part), $"{shown.Finding + 1}-{$"{shown.Kind}".ToLowerInvariant()}-{shown.Number}.png");

    /// <summary>The same maps, of which those that are shown are drawn in passing.</summary>
    internal IEnumerable<ActivationMap> Drawing(IEnumerable<ActivationMap> maps)
    {
        foreach (var map in maps)
        {
            foreach (var shown in cases[map.Patch.Row.Image])
                ActivationOverlay.Write(
                    FileOf(folder, shown),
                    cohort.ImagePath(map.Patch.Row),
                    map,
                    shown.Finding,
                    LongestSide
                );
            yield return map;
        }
    }
}
