using System.Text;
using System.Text.RegularExpressions;

namespace Coverslip.Files;

/// <summary>
/// What the names of classes and labels mean, in the spellings of several languages. Nothing is guessed: a name with any
/// word that is not known here means nothing.
/// </summary>
public static partial class ClassMeaning
{
    /// <summary>Words that mean tumor; without accents, and American.</summary>
    public static IReadOnlyCollection<string> TumorWords { get; } =
        Words(
            "tumor tumors tumoral tumorous tumeur tumeurs tumore tumori tumores tumoren tumorgewebe tumorregion nador "
                + "svulst nowotwor guz cancer cancers cancerous cancro krebs kanker rak neoplasm neoplasms neoplasia neoplastic neoplasie "
                + "neoplasma malignant malignancy malign maligne maligno carcinoma carcinomas carcinome karzinom karzinome "
                + "adenocarcinoma adenokarzinom sarcoma lymphoma melanoma metastasis metastases metastatic metastase "
                + "metastasen metastasi macrometastasis micrometastasis опухоль рак метастаз 肿瘤 腫瘤 腫瘍 癌"
        );

    private static readonly HashSet<string> Tumor = [.. TumorWords];

    /// <summary>Words that change nothing of what another word means.</summary>
    private static readonly HashSet<string> Filler = Words(
        "region regions area areas tissue cell cells outline outlines annotation annotations roi zone the of and invasive "
            + "primary viable"
    );

    private static readonly HashSet<string> Normal = Words(
        "normal normale normales healthy nontumor nontumoral gesund sain sano sana gezond zdrowy 正常"
    );

    private static readonly HashSet<string> Negating = Words("non no not without kein keine ohne sans sin");

    private static readonly HashSet<string> Negative = Words(
        "negative neg control controls absent none false 0 wildtype wt unaffected negativ negatif negativo mss"
    );

    private static readonly HashSet<string> Benign = Words("benign benigne benigno gutartig bening");

    private static readonly HashSet<string> Positive = Words(
        "positive pos present true yes abnormal diseased disease pathologic pathological mutant mutated affected positiv positif "
            + "positivo msi"
    );

    // The program runs without tables of languages (InvariantGlobalization): letters of European words, with and without accents.
    private const string Accented = "àáâãäåāăąçćčďèéêëēęěìíîïīłñńňòóôõöøōřśšťùúûüūůýÿźżž";
    private const string Bare = "aaaaaaaaacccdeeeeeeeiiiiilnnnooooooorsstuuuuuuyyzzz";

    /// <summary>Whether it means tumor: "Tumour", "Tumor: Positive", "invasive carcinoma", "_0" of CAMELYON16.</summary>
    public static bool IsTumor(string name) => name is "_0" or "_1" || Only(name, Tumor);

    /// <summary>Whether it means normal: "Normal", "healthy tissue", "non-tumor".</summary>
    public static bool IsNormal(string name) =>
        Only(name, Normal) || (Parts(name) is [var first, .. var rest] && Negating.Contains(first) && All(rest, Tumor));

    /// <summary>
    /// The one of two labels that is looked for, by meaning: tumor before anything, anything before benign, and that before
    /// normal. Null where their names do not tell, or where there are not two.
    /// </summary>
    public static string? PositiveOf(IReadOnlyList<string> labels)
    {
        if (labels.Count != 2)
            return null;
        var (a, b) = (Rank(labels[0], labels[1]), Rank(labels[1], labels[0]));
        return a == b ? null : labels[a > b ? 0 : 1];
    }

    /// <summary>
    /// The one of two classes that is judged and decided for where nobody says which: by meaning, else the second in ordinal
    /// order. Null where there are not two.
    /// </summary>
    public static string? PositiveOrSecond(IReadOnlyList<string> classes) =>
        classes.Count == 2 ? PositiveOf(classes) ?? classes.Max(StringComparer.Ordinal) : null;

    /// <summary>The name without what two spellings of one name differ in: case, blanks, tumour for tumor.</summary>
    public static string Folded(string name) =>
        string.Concat(name.Where(c => !char.IsWhiteSpace(c)))
            .ToLowerInvariant()
            .Replace("tumour", "tumor", StringComparison.Ordinal);

    /// <summary>Refuses names that are one name in several spellings: what counts one of them leaves out the other.</summary>
    /// <param name="names">As they stand in the file, repeated or not.</param>
    /// <param name="file">The file that has them.</param>
    /// <exception cref="InvalidDataException">Two are equal but for case, blanks or spelling; all such are listed.</exception>
    public static void CheckSpellings(IEnumerable<string> names, string file)
    {
        string[] same =
        [
            .. names
                .CountBy(n => n)
                .GroupBy(n => Folded(n.Key))
                .Where(g => g.Count() > 1)
                .Select(g => string.Join(" and ", g.Select(n => $"'{n.Key}' ({n.Value})"))),
        ];
        if (same.Length > 0)
            throw new InvalidDataException(
                $"{file}: labels that differ in case, blanks or spelling only: {string.Join("; ", same)}; write each in one way"
            );
    }

    private static int Rank(string name, string other)
    {
        var (words, folded) = (Parts(name), Folded(name));
        if (words.Any(w => Negative.Contains(w) || Normal.Contains(w)) || (words is [var first, ..] && IsNo(first)))
            return -2;
        if (folded.EndsWith('-') || folded is "no" || Negating.Any(n => folded == n + Folded(other)))
            return -2;
        if (words.Any(Benign.Contains))
            return -1;
        return words.Any(w => Tumor.Contains(w) || Positive.Contains(w)) || folded.EndsWith('+') ? 2 : 0;
    }

    private static bool IsNo(string word) => Negating.Contains(word);

    private static bool Only(string name, HashSet<string> known) => All(Parts(name), known);

    private static bool All(IReadOnlyList<string> words, HashSet<string> known)
    {
        string[] meant = [.. words.Where(w => !Filler.Contains(w) && !w.All(char.IsAsciiDigit))];
        return meant.Length > 0 && meant.All(known.Contains);
    }

    /// <summary>
    /// Its words: QuPath's derived class "Tumor: Positive" is its base class, and what tells two layers of a name apart, as
    /// "Tumor (layer 3)", says nothing.
    /// </summary>
    private static string[] Parts(string name)
    {
        var own = Layer().Replace(name.Split(':')[0], "");
        var plain = new StringBuilder();
        foreach (var c in own.ToLowerInvariant().Where(c => c is < '\u0300' or > '\u036F'))
        {
            var accented = Accented.IndexOf(c, StringComparison.Ordinal);
            plain.Append(
                accented >= 0 ? Bare[accented]
                : char.IsLetterOrDigit(c) ? c
                : ' '
            );
        }
        return plain
            .ToString()
            .Replace("tumour", "tumor", StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    private static HashSet<string> Words(string text) => [.. text.Split(' ')];

    [GeneratedRegex(@"\s*\(layer [^)]*\)$")]
    private static partial Regex Layer();
}
