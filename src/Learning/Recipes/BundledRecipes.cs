namespace Coverslip.Learning.Recipes;

/// <summary>Recipes that come with the program: files of the folder <c>recipes</c> beside it, by name.</summary>
public static class BundledRecipes
{
    /// <summary>Of every recipe's file.</summary>
    public const string Extension = ".yaml";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "recipes");

    /// <summary>Their files, by name.</summary>
    public static IReadOnlyList<string> Files =>
        Directory.Exists(Folder) ? [.. Directory.GetFiles(Folder, $"*{Extension}").Order(StringComparer.Ordinal)] : [];

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => Files.Select(file => Path.GetFileNameWithoutExtension(file));

    /// <summary>The file of a name with or without extension; null where there is none.</summary>
    /// <param name="given">As it was typed; the folder <c>recipes</c>, which documentation writes before names, is ours.</param>
    public static string? Find(string given) =>
        IsBare(given) && Path.Combine(Folder, NameOf(given) + Extension) is var file && File.Exists(file) ? file : null;

    /// <summary>Whether what was typed is a name without folders.</summary>
    public static bool IsBare(string given) =>
        Path.GetDirectoryName(given) is "" or "recipes" && Path.GetExtension(given) is "" or Extension or ".yml";

    /// <summary>The name without folder and extension.</summary>
    public static string NameOf(string given) =>
        Path.GetExtension(given) is Extension or ".yml"
            ? Path.GetFileNameWithoutExtension(given)
            : Path.GetFileName(given);
}
