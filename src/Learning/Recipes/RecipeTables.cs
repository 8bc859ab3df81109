using System.Text;

namespace Coverslip.Learning.Recipes;

/// <summary>The tables of keys in the documentation: what most kinds share first, then what each has of its own.</summary>
public static class RecipeTables
{
    private const string Begin = "<!-- keys: written by 'coverslip recipe docs' -->\n",
        End = "<!-- end of keys -->";

    /// <summary>A page with its tables written anew; what stands before and after them stays.</summary>
    /// <exception cref="InvalidDataException">The page has no place for them.</exception>
    public static string Fill(string page, IReadOnlyList<RecipeKind> kinds)
    {
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        return from >= 0 && to > from
            ? page[..(from + Begin.Length)] + Of(kinds) + page[to..]
            : throw new InvalidDataException($"the page has no lines '{Begin.TrimEnd()}' and '{End}' for its tables");
    }

    private static string Of(IReadOnlyList<RecipeKind> kinds)
    {
        var text = new StringBuilder();
        var shared = kinds
            .SelectMany(kind => kind.Keys.Select(key => (Kind: kind.Name, Key: key)))
            .GroupBy(k => (k.Key.Path, k.Key.Meaning))
            .Where(g => g.Count() > kinds.Count / 2)
            .ToDictionary(g => g.Key, g => g.ToList());
        foreach (var section in shared.Values.GroupBy(uses => uses[0].Key.Section))
        {
            text.Append(section.Key.Length == 0 ? "\n## Top level\n" : $"\n## `{section.Key}`\n");
            var users = section.SelectMany(uses => uses.Select(u => u.Kind)).ToHashSet();
            var without = kinds.Select(k => k.Name).Where(name => !users.Contains(name)).ToList();
            if (without.Count > 0)
                text.Append($"Not of {string.Join(", ", without.Select(w => $"`{w}`"))}.\n\n");
            Rows(text, section.Select(uses => uses[0].Key), key => key.Name);
        }
        foreach (var kind in kinds)
        {
            text.Append($"\n## Keys of `{kind.Name}`\n");
            var own = kind.Keys.Where(k => !shared.ContainsKey((k.Path, k.Meaning))).ToList();
            Rows(text, own, key => key.Path);
            var other = kind
                .Keys.Except(own)
                .Where(k =>
                    shared[(k.Path, k.Meaning)][0].Key is var first
                    && (Default(first), first.Range) != (Default(k), k.Range)
                )
                .Select(k => $"`{k.Path}` {Default(k)}")
                .ToList();
            if (other.Count > 0)
                text.Append($"\nDefaults that are others than in the tables above: {string.Join(", ", other)}.\n");
        }
        return text.Append('\n').ToString();
    }

    private static void Rows(StringBuilder text, IEnumerable<RecipeKey> keys, Func<RecipeKey, string> name)
    {
        var rows = keys.Select(k => $"| `{name(k)}` | {Default(k)} | {k.Range} | {k.Explained.Replace("|", "\\|")} |\n")
            .ToList();
        if (rows.Count > 0)
            text.Append("| Key | Default | Range | Meaning |\n|---|---|---|---|\n").AppendJoin("", rows);
    }

    private static string Default(RecipeKey key) => key.NoDefault ?? $"`{ValueText.Of(key.Default)}`";
}
