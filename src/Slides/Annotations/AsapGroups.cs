namespace Coverslip.Slides.Annotations;

/// <summary>
/// What ASAP's groups mean. The format knows no holes; data sets have groups for what is cut out of others.
/// </summary>
internal static class AsapGroups
{
    private const string HolesOf = " holes";

    /// <summary>
    /// The classes that annotations of a group are cut out of; null where they are annotations like others.
    /// <list type="bullet">
    /// <item><c>_2</c> beside <c>_0</c> and <c>_1</c> (CAMELYON16): out of both of these.</item>
    /// <item><c>normal</c>, where there is <c>metastases</c> (CAMELYON17): out of it.</item>
    /// <item><c>Exclusion</c> (CAMELYON16's evaluation files): out of everything.</item>
    /// <item><c>NAME holes</c>, as Coverslip writes holes: out of NAME.</item>
    /// </list>
    /// </summary>
    public static IReadOnlyList<string>? CutFrom(string? group, IReadOnlyCollection<string> all) =>
        group switch
        {
            "_2" => ["_0", "_1"],
            "normal" when all.Contains("metastases") => ["metastases"],
            "Exclusion" => [],
            _ when group?.EndsWith(HolesOf, StringComparison.Ordinal) == true => [group[..^HolesOf.Length]],
            _ => null,
        };

    /// <summary>The group for what is cut out of a class.</summary>
    public static string ForHolesOf(string? name) =>
        name switch
        {
            "_0" or "_1" => "_2",
            "metastases" => "normal",
            _ => name + HolesOf,
        };
}
