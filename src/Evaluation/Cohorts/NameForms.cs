using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Coverslip.Files;

namespace Coverslip.Evaluation.Cohorts;

/// <summary>In what two spellings of one name differ.</summary>
[Flags]
internal enum NameParts
{
    None = 0,
    Accents = 1,
    Hidden = 2,
    Blanks = 4,
    Widths = 8,
    Dashes = 16,
    Case = 32,
    Number = 64,
    Spelling = 128,
}

/// <summary>
/// Names in the one form of all spellings that people write: upper case, without blanks and what does not show; full-width letters
/// and digits are ordinary ones, every dash is a hyphen, a letter is one with its accents, and a number is one however it is
/// written.
/// </summary>
internal static partial class NameForms
{
    private const char Minus = '\u2212';

    private static readonly (NameParts Part, string Word)[] Words =
    [
        (NameParts.Accents, "accents"),
        (NameParts.Hidden, "characters that do not show"),
        (NameParts.Blanks, "blanks"),
        (NameParts.Widths, "full-width letters"),
        (NameParts.Dashes, "dashes"),
        (NameParts.Case, "case"),
        (NameParts.Spelling, "spelling"),
        (NameParts.Number, "the form of a number"),
    ];

    private static readonly string[] Places = ["first", "second", "third", "fourth", "fifth"];

    /// <summary>A patient's name: 7, 007 and 7.0 are one.</summary>
    /// <param name="name">As it is written.</param>
    /// <param name="kept">What of it stays as it is written.</param>
    internal static string Patient(string name, NameParts kept = NameParts.None)
    {
        var plain = Plain(name, kept);
        return kept.HasFlag(NameParts.Number) ? plain : Number(plain) ?? LeadingZeros().Replace(plain, "");
    }

    /// <summary>A label: spreadsheets and pandas write the class 1 as 1.0.</summary>
    /// <inheritdoc cref="Patient"/>
    internal static string Label(string name, NameParts kept = NameParts.None)
    {
        var plain = Plain(name, kept);
        if (!kept.HasFlag(NameParts.Number) && Number(plain) is { } number)
            return number;
        return kept.HasFlag(NameParts.Spelling)
            ? plain
            : Tumour().Replace(plain, "$1$2").Replace("_", "", StringComparison.Ordinal);
    }

    internal static string Plain(string name, NameParts kept = NameParts.None)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var written in kept.HasFlag(NameParts.Accents) ? name : Accents.Compose(name))
        {
            var letter = written;
            if (
                char.IsWhiteSpace(letter)
                    ? !kept.HasFlag(NameParts.Blanks)
                    : IsHidden(letter) && !kept.HasFlag(NameParts.Hidden)
            )
                continue;
            if (IsDash(letter) && !kept.HasFlag(NameParts.Dashes))
                letter = '-';
            if (IsWide(letter) && !kept.HasFlag(NameParts.Widths))
                letter = (char)(letter - 0xFEE0);
            plain.Append(kept.HasFlag(NameParts.Case) ? letter : char.ToUpperInvariant(letter));
        }
        return plain.ToString();
    }

    /// <summary>"case and dashes only: the second has the dash U+2013"; what cannot be seen is told of each name.</summary>
    /// <param name="names">Two at least, of one form.</param>
    /// <param name="form">Which form that is.</param>
    internal static string Differences(IReadOnlyList<string> names, Func<string, NameParts, string> form)
    {
        var parts = Words.Where(w => names.DistinctBy(n => form(n, w.Part)).Count() > 1).ToArray();
        var words = parts.Select(w => w.Word).ToArray();
        string[] unseen =
        [
            .. parts
                .SelectMany(w =>
                    names.Select((n, i) => Unseen(w.Part, n) is { } has ? $"the {Place(i)} has {has}" : null)
                )
                .OfType<string>(),
        ];
        return (
                words.Length > 1
                    ? $"{string.Join(", ", words[..^1])} and {words[^1]}"
                    : string.Concat(words.DefaultIfEmpty("how they are written"))
            )
            + " only"
            + (unseen.Length > 0 ? $": {string.Join(", ", unseen)}" : "");
    }

    /// <summary>What a name has of this that looks as the other's, or does not show.</summary>
    private static string? Unseen(NameParts part, string name) =>
        part switch
        {
            NameParts.Accents => Accents.Compose(name) != name ? "its accents as characters of their own" : null,
            NameParts.Hidden => Code(name, IsHidden, "the character"),
            NameParts.Blanks => Code(name, c => c != ' ' && char.IsWhiteSpace(c), "the blank"),
            NameParts.Dashes => Code(name, IsDash, "the dash"),
            NameParts.Widths => name.Any(IsWide) ? "full-width letters" : null,
            _ => null,
        };

    private static string? Code(string name, Func<char, bool> isIt, string what) =>
        name.Any(isIt) ? $"{what} U+{(int)name.First(isIt):X4}" : null;

    private static string Place(int at) => at < Places.Length ? Places[at] : $"{at + 1}th";

    private static bool IsHidden(char letter) =>
        !char.IsWhiteSpace(letter)
        && char.GetUnicodeCategory(letter) is UnicodeCategory.Format or UnicodeCategory.Control;

    private static bool IsDash(char letter) =>
        letter is not '-' && (letter == Minus || char.GetUnicodeCategory(letter) == UnicodeCategory.DashPunctuation);

    private static bool IsWide(char letter) => letter is >= '\uFF01' and <= '\uFF5E';

    /// <summary>A whole number in one form; null of anything else.</summary>
    private static string? Number(string plain) =>
        Whole().Match(plain) is { Success: true } number
            ? BigInteger
                .Parse(number.Groups[1].Value, CultureInfo.InvariantCulture)
                .ToString(CultureInfo.InvariantCulture)
            : null;

    [GeneratedRegex(@"^\+?([0-9]+)([.,]0*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(@"(?<![0-9.,])0+(?=[0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex LeadingZeros();

    [GeneratedRegex("(tumo)u(r)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Tumour();
}
