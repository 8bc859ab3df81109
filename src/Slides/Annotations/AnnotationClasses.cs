using Coverslip.Files;

namespace Coverslip.Slides.Annotations;

/// <summary>What a class of annotations counts as.</summary>
public enum ClassUse
{
    /// <summary>Its area is as if it were not drawn.</summary>
    NotUsed = 0,

    Tumor = 1,

    /// <summary>Annotated as normal.</summary>
    Normal = 2,

    /// <summary>Taken out of everything: neither tumor nor normal nor tissue.</summary>
    Ignored = 3,
}

/// <summary>The words for <see cref="ClassUse"/>.</summary>
public static class ClassUseWords
{
    /// <summary>"tumor", "normal", "taken out" or "not used".</summary>
    public static string InWords(this ClassUse use) =>
        use switch
        {
            ClassUse.Tumor => "tumor",
            ClassUse.Normal => "normal",
            ClassUse.Ignored => "taken out",
            _ => "not used",
        };
}

/// <summary>
/// Which classes of annotations count, and as what: those that are named, by default those whose names mean it
/// (<see cref="ClassMeaning"/>). <c>Ignore*</c> of QuPath and what is called exclude or exclusion is taken out; nothing
/// else counts.
/// </summary>
public sealed record AnnotationClasses
{
    /// <summary>The word by which outlines without a class are named.</summary>
    public const string Unclassified = "unclassified";

    /// <summary>Classes that are tumor; none (default): those whose names mean tumor.</summary>
    public IReadOnlyList<string> Tumor { get; init; } = [];

    /// <summary>Classes that are normal; none (default): those whose names mean normal.</summary>
    public IReadOnlyList<string> Normal { get; init; } = [];

    /// <summary>What a class counts as; "" is none.</summary>
    public ClassUse UseOf(string name) =>
        Tumor.Any(asked => IsNamed(asked, name)) ? ClassUse.Tumor
        : Normal.Any(asked => IsNamed(asked, name)) ? ClassUse.Normal
        : IsIgnored(name) ? ClassUse.Ignored
        : Tumor.Count == 0 && ClassMeaning.IsTumor(name) ? ClassUse.Tumor
        : Normal.Count == 0 && ClassMeaning.IsNormal(name) ? ClassUse.Normal
        : ClassUse.NotUsed;

    /// <summary>Refuses names that no file has.</summary>
    /// <param name="found">The classes of all files.</param>
    /// <param name="where">The file or folder that has them.</param>
    /// <exception cref="AnnotationException">A class that does not exist; the nearest is named.</exception>
    public void Check(IReadOnlyCollection<string> found, string where)
    {
        foreach (var asked in Tumor.Concat(Normal).Where(asked => !found.Any(name => IsNamed(asked, name))))
        {
            var nearest = NearestName.Of(asked, found.Where(name => name.Length > 0));
            var isNear = nearest is not null && NearestName.Distance(asked, nearest) <= asked.Length / 2;
            var meant = isNear ? $", is '{nearest}' meant?" : ";";
            throw new AnnotationException(
                where,
                $"no class '{asked}'{meant} there are {List(found)}; classes are named by --tumor-classes, and in recipes by tumor_classes and normal_classes"
            );
        }
    }

    /// <summary>"'Tumor', unclassified".</summary>
    internal static string List(IEnumerable<string> names)
    {
        var all = string.Join(", ", names.Select(Quoted));
        return all.Length > 0 ? all : "none";
    }

    /// <summary>"'Tumor'", or the word for none.</summary>
    internal static string Quoted(string name) => name.Length > 0 ? $"'{name}'" : Unclassified;

    // Two layers of Aperio that share a name have their number behind it.
    private static bool IsNamed(string asked, string name) =>
        name.Equals(asked, StringComparison.OrdinalIgnoreCase)
        || (name.Length == 0 && asked.Equals(Unclassified, StringComparison.OrdinalIgnoreCase))
        || name.StartsWith($"{asked} (layer ", StringComparison.OrdinalIgnoreCase);

    private static bool IsIgnored(string name) =>
        name.StartsWith("ignore", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("exclu", StringComparison.OrdinalIgnoreCase);
}
