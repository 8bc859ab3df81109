using System.Text;
using System.Text.RegularExpressions;

namespace Coverslip.Files;

/// <summary>
/// What the names of classes and labels mean, in the spellings of several languages. That a name means tumor or normal is not
/// guessed: with any word that is not known here it means neither. Which of two names is looked for is told by those of
/// their words that are known, and by what negates them ("tumor-free", "without tumor", "not malignant").
/// </summary>
public static partial class ClassMeaning
{
    /// <summary>Words that mean tumor; without accents, and American.</summary>
    public static IReadOnlyCollection<string> TumorWords { get; } =
        WordSet(
            "tumor tumors tumoral tumorous tumeur tumeurs tumore tumori tumores tumoren tumorgewebe tumorregion nador "
                + "svulst nowotwor guz cancer cancers cancerous cancro krebs kanker rak neoplasm neoplasms neoplasia neoplastic neoplasie "
                + "neoplasma malignant malignancy malign maligne maligno carcinoma carcinomas carcinome karzinom karzinome "
                + "adenocarcinoma adenokarzinom sarcoma lymphoma melanoma metastasis metastases metastatic metastase "
                + "metastasen metastasi macrometastasis micrometastasis опухоль рак метастаз 肿瘤 腫瘤 腫瘍 癌"
        );

    private static readonly HashSet<string> Tumor = [.. TumorWords];

    /// <summary>Words that change nothing of what another word means.</summary>
    private static readonly HashSet<string> Filler = WordSet(
        "region regions area areas tissue cell cells outline outlines annotation annotations roi zone the of and invasive "
            + "primary viable"
    );

    private static readonly HashSet<string> Normal = WordSet(
        "normal normale normales healthy nontumor nontumoral gesund sain sano sana gezond zdrowy 正常"
    );

    private static readonly HashSet<string> Negative = WordSet(
        "negative neg control controls absent none false 0 wildtype wt unaffected uninvolved negativ negatif negativo mss"
    );

    private static readonly HashSet<string> Benign = WordSet("benign benigne benigno gutartig bening");

    private static readonly HashSet<string> Positive = WordSet(
        "positive pos present true yes abnormal diseased disease pathologic pathological mutant mutated affected involved "
            + "positiv positif positivo msi"
    );

    // Ranks of a name beside another.
    private const int Absent = -2,
        Harmless = -1,
        Unknown = 0,
        Sought = 1;

    // The program runs without tables of languages (InvariantGlobalization): letters of European words, with and without accents.
    private const string Accented = "àáâãäåāăąçćčďèéêëēęěìíîïīłñńňòóôõöøōřśšťùúûüūůýÿźżž";
    private const string Bare = "aaaaaaaaacccdeeeeeeeiiiiilnnnooooooorsstuuuuuuyyzzz";

    /// <summary>Whether it means tumor: "Tumour", "Tumor: Positive", "invasive carcinoma", "_0" of CAMELYON16.</summary>
    public static bool IsTumor(string name) => name is "_0" or "_1" || All(Words(Base(name)), Tumor);

    /// <summary>Whether it means normal: "Normal", "healthy tissue", "non-tumor", "tumor-free", "free of tumor".</summary>
    public static bool IsNormal(string name)
    {
        var words = Words(Base(name));
        var said = Negation.Of(words);
        // "non-invasive carcinoma" is a tumor: what is denied begins with the word for it.
        return All(words, Normal)
            || (
                said.Denied is [var first, ..]
                && Tumor.Contains(first)
                && All(said.Denied, Tumor)
                && said.Affirmed.All(Filler.Contains)
            );
    }

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

    /// <summary>Refuses two classes that both mean the same, of which none can be said to be the one that is looked for.</summary>
    /// <param name="classes">Other than two are passed over, and two whose names mean nothing.</param>
    /// <param name="wayOut">What says it, as an option: "--positive CLASS".</param>
    /// <exception cref="InvalidDataException">Both mean tumor, benign or normal.</exception>
    public static void CheckTold(IReadOnlyList<string> classes, string wayOut)
    {
        if (classes.Count != 2)
            return;
        var (a, b) = (Rank(classes[0], classes[1]), Rank(classes[1], classes[0]));
        if (a == b && a != Unknown)
            throw new InvalidDataException(
                $"the classes '{classes[0]}' and '{classes[1]}' both mean {(a == Sought ? "what is looked for" : "what is not looked for")}, by "
                    + $"their names, so that neither can be taken as the positive one; say which it is with {wayOut}"
            );
    }

    /// <summary>
    /// The name without what two spellings of one name differ in: case, blanks, tumour for tumor, accents as characters of their
    /// own.
    /// </summary>
    public static string Folded(string name) =>
        string.Concat(Accents.Compose(name).Where(c => !char.IsWhiteSpace(c)))
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

    /// <summary>How much one of two names says that it is looked for.</summary>
    private static int Rank(string name, string other)
    {
        var (words, folded) = (Words(name), Folded(name));
        if (folded.EndsWith('-'))
            return Absent;
        var said = Negation.Of(words);
        if (said.Affirmed.Any(w => Negative.Contains(w) || Normal.Contains(w)))
            return Absent;
        if (said.Affirmed.Any(Benign.Contains))
            return Harmless;
        if (said.Affirmed.Any(w => Tumor.Contains(w) || Positive.Contains(w)) || folded.EndsWith('+'))
            return Sought;
        if (said.Denied.FirstOrDefault(IsKnown) is { } denied && !Tumor.Contains(denied) && !Positive.Contains(denied))
            return Sought; // "not normal", "non-benign"
        return said.Denies || Negation.IsOf(folded, Folded(other)) ? Absent : Unknown;
    }

    /// <summary>Whether all words mean it that mean anything, one at least.</summary>
    private static bool All(IReadOnlyList<string> words, HashSet<string> known)
    {
        string[] meant = [.. words.Where(w => !Filler.Contains(w) && !w.All(char.IsAsciiDigit))];
        return meant.Length > 0 && meant.All(known.Contains);
    }

    /// <summary>QuPath's derived class "Tumor: Positive" is its base class.</summary>
    private static string Base(string name) => name.Split(':')[0];

    /// <summary>
    /// Its words, with those apart that are written as one: "nontumor", "tumorfree". What tells two layers of a name apart, as
    /// "Tumor (layer 3)", says nothing.
    /// </summary>
    private static string[] Words(string name) =>
        [.. Plain(Layer().Replace(name, "")).SelectMany(w => IsKnown(w) ? [w] : Negation.Apart(w, IsKnown))];

    /// <summary>Words in small letters without accents; what is neither letter nor digit parts them.</summary>
    private static string[] Plain(string name)
    {
        var plain = new StringBuilder();
        foreach (var c in name.ToLowerInvariant().Where(c => c is < '\u0300' or > '\u036F'))
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

    private static bool IsKnown(string word) =>
        Tumor.Contains(word)
        || Normal.Contains(word)
        || Negative.Contains(word)
        || Benign.Contains(word)
        || Positive.Contains(word);

    private static HashSet<string> WordSet(string text) => [.. text.Split(' ')];

    [GeneratedRegex(@"\s*\(layer [^)]*\)$")]
    private static partial Regex Layer();
}
