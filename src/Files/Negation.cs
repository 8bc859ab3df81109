namespace Coverslip.Files;

/// <summary>What the words of a name affirm and what they deny: "tumor-free", "without tumor", "not malignant".</summary>
/// <param name="Affirmed">Words that stand as they are.</param>
/// <param name="Denied">Words that are negated.</param>
/// <param name="Denies">Whether anything is negated, be it nothing but the word no.</param>
internal sealed record Negation(IReadOnlyList<string> Affirmed, IReadOnlyList<string> Denied, bool Denies)
{
    private static readonly HashSet<string> Before = Set(
        "non no not without kein keine keinen nicht ohne sans pas sin sem senza zonder geen niet bez без не нет"
    );

    /// <summary>As part of a word; un alone is an article of other languages.</summary>
    private static readonly string[] Prefixes = [.. Before, "un"];

    private static readonly HashSet<string> After = Set(
        "free frei freie freies freier freien vrij vrije libre libero libera livre"
    );

    /// <summary>What stands between "free" and that which a name says to be free of.</summary>
    private static readonly HashSet<string> Linking = Set("of from von van de du di da");

    /// <summary>Words before which a negation is part of a tumor's name: non-small cell, no special type, not otherwise specified.</summary>
    private static readonly HashSet<string> OfNames = Set("small special otherwise");

    internal static Negation Of(IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            var (before, after) = (words.Take(i).ToArray(), words.Skip(i + 1).ToArray());
            if (Before.Contains(words[i]) && !(after is [var next, ..] && OfNames.Contains(next)))
                return after.Length > 0 ? new(before, after, true) : new([], before, true);
            if (!After.Contains(words[i]))
                continue;
            if (after is [var of, .. var what] && Linking.Contains(of))
                return new(before, what, true);
            if (i > 0)
                return new(after, before, true);
            if (after.Length == 0)
                return new([], [], true);
        }
        return new(words, [], false);
    }

    /// <summary>Whether a name is another one negated, whatever it means: "nonresponder" beside "responder".</summary>
    internal static bool IsOf(string folded, string other)
    {
        var (name, negated) = (Letters(folded), Letters(other));
        return Prefixes.Any(n => name == n + negated) || After.Any(f => name == negated + f);
    }

    /// <summary>A negation and a known word that are written as one, apart; else the word.</summary>
    internal static IReadOnlyList<string> Apart(string word, Func<string, bool> isKnown)
    {
        if (
            Prefixes.FirstOrDefault(n => word.StartsWith(n, StringComparison.Ordinal) && isKnown(word[n.Length..])) is
            { } n
        )
            return [n, word[n.Length..]];
        return
            After.FirstOrDefault(f => word.EndsWith(f, StringComparison.Ordinal) && isKnown(word[..^f.Length])) is { } f
            ? [word[..^f.Length], f]
            : [word];
    }

    private static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit));

    private static HashSet<string> Set(string text) => [.. text.Split(' ')];
}
