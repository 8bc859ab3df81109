using Coverslip.Files;

namespace Coverslip.App.Commands;

/// <summary>A recipe that comes with the program.</summary>
/// <param name="Name">Its file's name without extension.</param>
/// <param name="What">The first sentence of the comment that it begins with.</param>
/// <param name="Time">How long it takes, roughly.</param>
/// <param name="IsStudy">Whether <c>study</c> runs it, instead of <c>train</c>.</param>
internal sealed record BundledRecipe(string Name, string What, string Time, bool IsStudy);

/// <summary>
/// Recipes by path or by name: a file where the user is goes first, then those of the folder <c>recipes</c> beside the program.
/// </summary>
internal static class RecipeFolder
{
    internal const string ArgumentHelp =
        "A file, or the name of a recipe that comes with the program ('coverslip recipes' lists them).";

    private const string Extension = ".yaml";
    private const int LongestSentence = 120;
    private const string TimeMark = "# Time: ";
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "recipes");

    /// <summary>Those that come with the program, by name.</summary>
    internal static IReadOnlyList<BundledRecipe> All =>
        Directory.Exists(Folder)
            ? [.. Directory.GetFiles(Folder, $"*{Extension}").Order(StringComparer.Ordinal).Select(Read)]
            : [];

    /// <summary>The full path of a recipe. Which one was taken is told where its name could mean two.</summary>
    /// <param name="given">As it was typed.</param>
    /// <exception cref="FileNotFoundException">There is none; the message names the nearest.</exception>
    internal static string Find(string given)
    {
        foreach (var path in (string[])[given, given + Extension])
            if (File.Exists(path))
            {
                TextFile.Check(path);
                if (path != given || (Path.GetDirectoryName(given) is "" && File.Exists(Bundled(given))))
                    Console.Error.WriteLine($"recipe: the file {Path.GetFullPath(path)}");
                return Path.GetFullPath(path);
            }
        if (Directory.Exists(given))
            throw new InvalidDataException($"{given} is a folder; name a recipe in it");
        if (!IsBare(given))
            throw new FileNotFoundException($"{given}: no such file", given);
        if (File.Exists(Bundled(given)))
        {
            Console.Error.WriteLine($"recipe: {Bundled(given)}, which comes with the program");
            return Bundled(given);
        }
        var name = NameOf(given);
        throw new FileNotFoundException(
            $"there is no file {given} here, and no recipe of that name comes with the program; the nearest is "
                + $"'{NearestName.Of(name, All.Select(r => r.Name))}' ('coverslip recipes' lists them)"
        );
    }

    /// <summary>A name without folders; the folder <c>recipes</c>, which documentation writes before names, is ours.</summary>
    private static bool IsBare(string given) =>
        Path.GetDirectoryName(given) is "" or "recipes" && Path.GetExtension(given) is "" or Extension or ".yml";

    private static string NameOf(string given) =>
        Path.GetExtension(given) is Extension or ".yml"
            ? Path.GetFileNameWithoutExtension(given)
            : Path.GetFileName(given);

    private static string Bundled(string given) => Path.Combine(Folder, NameOf(given) + Extension);

    private static BundledRecipe Read(string path)
    {
        string[] lines = File.ReadAllLines(path);
        string[] head = [.. lines.TakeWhile(l => l.StartsWith('#'))];
        var time = head.FirstOrDefault(l => l.StartsWith(TimeMark, StringComparison.Ordinal)) ?? TimeMark;
        var text = string.Join(
            ' ',
            head.TakeWhile(l =>
                    !l.StartsWith(TimeMark, StringComparison.Ordinal) && !l.StartsWith("#  ", StringComparison.Ordinal)
                )
                .Select(l => l[1..].Trim())
        );
        return new BundledRecipe(
            Path.GetFileNameWithoutExtension(path),
            FirstSentence(text),
            time[TimeMark.Length..].TrimEnd('.'),
            lines.Any(l => l.StartsWith("study:", StringComparison.Ordinal))
        );
    }

    /// <summary>Up to a point before a new sentence, which that of "et al." is not; of a long one its beginning.</summary>
    private static string FirstSentence(string text)
    {
        var end = text.Length;
        for (var at = 0; (at = text.IndexOf(". ", at + 1, StringComparison.Ordinal)) > 0; )
            if (char.IsUpper(text[at + 2]) && !text[..at].EndsWith(" al", StringComparison.Ordinal))
            {
                end = at;
                break;
            }
        if (end <= LongestSentence)
            return text[..end].TrimEnd('.', ':');
        return text[..text.LastIndexOf(' ', LongestSentence)].TrimEnd(',', ':', ';') + " …";
    }
}
