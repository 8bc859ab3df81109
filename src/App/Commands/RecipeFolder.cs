using Coverslip.Files;
using Coverslip.Learning.Recipes;

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

    private const int LongestSentence = 120;
    private const string TimeMark = "# Time: ";

    /// <summary>Those that come with the program, by name.</summary>
    internal static IReadOnlyList<BundledRecipe> All => [.. BundledRecipes.Files.Select(Read)];

    /// <summary>The full path of a recipe. Which one was taken is told where its name could mean two.</summary>
    /// <param name="given">As it was typed.</param>
    /// <exception cref="FileNotFoundException">There is none; the message names the nearest.</exception>
    internal static string Find(string given)
    {
        foreach (var path in (string[])[given, given + BundledRecipes.Extension])
            if (File.Exists(path))
            {
                TextFile.Check(path);
                if (path != given || (Path.GetDirectoryName(given) is "" && BundledRecipes.Find(given) is not null))
                    Console.Error.WriteLine($"recipe: the file {Path.GetFullPath(path)}");
                return Path.GetFullPath(path);
            }
        if (Directory.Exists(given))
            throw new InvalidDataException($"{given} is a folder; name a recipe in it");
        if (!BundledRecipes.IsBare(given))
            throw new FileNotFoundException($"{given}: no such file", given);
        if (BundledRecipes.Find(given) is { } bundled)
        {
            Console.Error.WriteLine($"recipe: {bundled}, which comes with the program");
            return bundled;
        }
        var name = BundledRecipes.NameOf(given);
        throw new FileNotFoundException(
            $"there is no file {given} here, and no recipe of that name comes with the program; the nearest is "
                + $"'{NearestName.Of(name, BundledRecipes.Names)}' ('coverslip recipes' lists them)"
        );
    }

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
