namespace Coverslip.Files;

/// <summary>
/// Names by which others are found that differ in spelling only: in case, blanks, tumour for tumor, or accents as characters
/// of their own (<see cref="ClassMeaning.Folded"/>).
/// </summary>
/// <param name="names">As they shall be spelled, repeated or not.</param>
public sealed class Spellings(IEnumerable<string> names)
{
    private readonly HashSet<string> exact = [.. names];
    private readonly Lazy<Dictionary<string, string[]>> folded = new(() =>
        names.Distinct().GroupBy(ClassMeaning.Folded).ToDictionary(g => g.Key, g => g.ToArray())
    );

    /// <summary>The name itself where it is one of them, else the only one that it is another spelling of; else null.</summary>
    public string? Of(string name) =>
        exact.Contains(name) ? name
        : folded.Value.TryGetValue(ClassMeaning.Folded(name), out var alike) && alike is [var only] ? only
        : null;
}
