using Coverslip.Evaluation.Cohorts;
using Coverslip.Slides.Formats;

namespace Coverslip.Learning.Recipes;

/// <summary>
/// A recipe that names others, of which the cohort's columns pick one: that of the first kind that the cohort is of.
/// </summary>
public sealed record StartChoice
{
    /// <summary>The key by which such a file is known.</summary>
    public const string Key = "start";

    private static readonly (string Name, Func<Cohort, bool> Is, string Why)[] Kinds =
    [
        (
            "annotations",
            c => c.HasFurther("annotation") && c.Rows.Any(r => c.Further(r, "annotation")!.Length > 0),
            "its slides have outlines (column annotation)"
        ),
        ("findings", c => c.MultiLabel, "its images show several findings (column labels)"),
        (
            "masks",
            c => c.Classes.Count < 2 && c.Rows.Any(r => r.Mask is not null),
            "its images have masks and one class"
        ),
        (
            "slides",
            c => c.Classes.Count > 1 && SlideFile.IsSlide(c.ImagePath(c.Rows[0])),
            "its slides have a class each and no outlines (column label)"
        ),
        ("classes", c => c.Classes.Count > 1, "its images have a class each (column label)"),
    ];

    private readonly string file;
    private readonly Dictionary<string, string> recipes;

    private StartChoice(string file, Dictionary<string, string> recipes) => (this.file, this.recipes) = (file, recipes);

    /// <summary>Whether a recipe's text is of this kind.</summary>
    public static bool Is(string text, string file) => RecipeNode.Parse(text, file).Keys.Contains(Key);

    /// <summary>Reads such a recipe.</summary>
    /// <exception cref="RecipeException">An unknown key.</exception>
    public static StartChoice Read(string text, string file) => Read(RecipeNode.Parse(text, file), file);

    /// <summary>The recipe for a cohort, and what of the cohort picks it.</summary>
    /// <exception cref="RecipeException">The cohort is of no kind, or no recipe is named for it.</exception>
    public (string Recipe, string Why) For(Cohort cohort)
    {
        var kind = Array.Find(Kinds, k => k.Is(cohort));
        if (kind.Name is null)
            throw new RecipeException(
                $"{cohort.Path}: every row is labeled '{cohort.Classes.FirstOrDefault()}', and none has a mask or outlines; a model "
                    + "learns to tell classes apart, or to draw masks: add rows of another class, or a column mask or annotation"
            );
        return recipes[kind.Name] is { Length: > 0 } recipe
            ? (recipe, kind.Why)
            : throw new RecipeException(
                $"{file}: start.{kind.Name} names no recipe, and of the cohort {kind.Why}; name one"
            );
    }

    internal static IReadOnlyList<RecipeKey> Declared() => Explain($"{Key}: {{}}", Key);

    internal static IReadOnlyList<RecipeKey> Explain(string text, string file)
    {
        var node = RecipeNode.Parse(text, file);
        Read(node, file);
        return node.Declared;
    }

    private static StartChoice Read(RecipeNode node, string file)
    {
        var section = node.Section(Key);
        var recipes = Kinds.ToDictionary(
            k => k.Name,
            k =>
                section.Text(
                    k.Name,
                    "",
                    $"Recipe, a file or a name of 'coverslip recipes', of a cohort of which {k.Why}"
                )
        );
        node.Finish();
        return new StartChoice(file, recipes);
    }
}
