namespace Coverslip.Evaluation.Cohorts;

/// <summary>Images of one magnification and class.</summary>
/// <param name="Magnification">40, 100, 200 or 400.</param>
/// <param name="Label"><c>benign</c> or <c>malignant</c>.</param>
/// <param name="Images">So many are here.</param>
/// <param name="Published">So many has the collection.</param>
public sealed record BreakHisCount(string Magnification, string Label, int Images, int Published);

/// <summary>
/// What BreakHis holds (Spanhol et al. 2016, "A dataset for breast cancer histopathological image classification"): 7,909
/// images of 82 slides. At 40× 625 are benign; the 652 of the collection's page and of SagaNet's table 3 is a misprint,
/// since 652 + 1,370 is not the 1,995 beside it, nor 652 + 644 + 623 + 588 the 2,480 below it.
/// </summary>
public static class BreakHisCounts
{
    /// <summary>Slides as published, told apart by subtype and id.</summary>
    public const int Slides = 82;

    /// <summary>The magnifications in order.</summary>
    public static readonly IReadOnlyList<string> Magnifications = ["40", "100", "200", "400"];

    private static readonly int[] Benign = [625, 644, 623, 588];
    private static readonly int[] Malignant = [1370, 1437, 1390, 1232];

    /// <summary>Per magnification first benign, then malignant; other magnifications follow with 0 published.</summary>
    /// <param name="names">Names of images.</param>
    /// <param name="only">The one magnification that was asked for; null for all.</param>
    public static IReadOnlyList<BreakHisCount> Of(IEnumerable<BreakHisName> names, string? only = null)
    {
        var found = names.CountBy(n => (n.Magnification, n.Label)).ToDictionary();
        var published = Magnifications
            .Index()
            .SelectMany(m => new[] { (m.Item, "benign", Benign[m.Index]), (m.Item, "malignant", Malignant[m.Index]) })
            .Where(p => only is null || p.Item == only)
            .Select(p => new BreakHisCount(p.Item, p.Item2, found.GetValueOrDefault((p.Item, p.Item2)), p.Item3));
        var others = found
            .Where(f => !Magnifications.Contains(f.Key.Magnification))
            .OrderBy(f => f.Key.Magnification, StringComparer.Ordinal)
            .Select(f => new BreakHisCount(f.Key.Magnification, f.Key.Label, f.Value, 0));
        return [.. published, .. others];
    }
}
