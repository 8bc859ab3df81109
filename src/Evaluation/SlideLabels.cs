using Coverslip.Files;

namespace Coverslip.Evaluation;

/// <summary>A slide of a list.</summary>
/// <param name="Row">Its row in the file; the first is 1.</param>
/// <param name="Name">Without extension.</param>
/// <param name="Label">Empty where the list has none.</param>
/// <param name="Patient">A patient of its own where the list has none.</param>
public sealed record SlideLabel(int Row, string Name, string Label, string Patient);

/// <summary>
/// A list of slides (or images) with what is true of them: CSV with the columns <c>image</c>, <c>label</c> and
/// <c>patient</c>, the last two where wanted; or without header the name, then the label, as CAMELYON16's
/// <c>Test_001,Tumor,IDC,Macro</c>.
/// </summary>
public sealed class SlideLabels
{
    private SlideLabels(string path, IReadOnlyList<SlideLabel> slides) => (Path, Slides) = (path, slides);

    public string Path { get; }

    /// <summary>In the file's order, each slide once.</summary>
    public IReadOnlyList<SlideLabel> Slides { get; }

    /// <summary>Reads a list.</summary>
    /// <exception cref="InvalidDataException">No slides, an empty name, a slide twice; the row is named.</exception>
    public static SlideLabels Read(string path)
    {
        var rows = CsvTable.ReadRows(path);
        var header = rows.Count > 0 ? Array.FindIndex(rows[0].Fields, f => Is(f, "image")) : -1;
        var (name, label, patient) =
            header >= 0
                ? (
                    header,
                    Array.FindIndex(rows[0].Fields, f => Is(f, "label")),
                    Array.FindIndex(rows[0].Fields, f => Is(f, "patient"))
                )
                : (0, 1, -1);
        var slides = new List<SlideLabel>();
        var seen = new Dictionary<string, int>(SlideName.Comparer);
        foreach (var row in rows.Skip(header >= 0 ? 1 : 0))
        {
            var slide = SlideName.Of(Field(row, name));
            if (slide.Length == 0)
                throw new InvalidDataException($"{path}: row {row.Number}: the slide's name is empty");
            if (!seen.TryAdd(slide, row.Number))
                throw new InvalidDataException(
                    $"{path}: row {row.Number}: {slide} stands in row {seen[slide]} already; a slide is listed once"
                );
            var owner = Field(row, patient);
            slides.Add(new SlideLabel(row.Number, slide, Field(row, label), owner.Length > 0 ? owner : slide));
        }
        return slides.Count > 0
            ? new SlideLabels(path, slides)
            : throw new InvalidDataException($"{path}: no slides; write a row image,label for each");
    }

    /// <summary>
    /// The list for results that name slides without their folders, as those of <c>predict</c> do: a slide that they do not
    /// name, but whose file name they do, goes by it, unless another of the list has that file name, too.
    /// </summary>
    internal IReadOnlyList<SlideLabel> As(IEnumerable<string> named)
    {
        var known = named.ToHashSet(SlideName.Comparer);
        var counts = Slides.CountBy(s => FileName(s.Name), SlideName.Comparer).ToDictionary(SlideName.Comparer);
        return
        [
            .. Slides.Select(s =>
                !known.Contains(s.Name) && known.Contains(FileName(s.Name)) && counts[FileName(s.Name)] == 1
                    ? s with
                    {
                        Name = FileName(s.Name),
                    }
                    : s
            ),
        ];
    }

    /// <summary>The positive label as the list spells it, over all of it.</summary>
    /// <param name="asked">In any spelling; null: by meaning.</param>
    /// <exception cref="InvalidDataException">No slide has it, or nobody says and the labels do not tell.</exception>
    public string PositiveOf(string? asked) => PositiveOf(asked, Slides);

    /// <summary>The positive label as the list spells it.</summary>
    /// <param name="asked">In any spelling; null: by meaning, of all slides.</param>
    /// <param name="judged">The slides that count.</param>
    /// <exception cref="InvalidDataException">No slide that counts has it, or nobody says and the labels do not tell.</exception>
    internal string PositiveOf(string? asked, IReadOnlyList<SlideLabel> judged)
    {
        ClassMeaning.CheckSpellings(judged.Select(s => s.Label), Path);
        string[] labels =
        [
            .. judged.Select(s => s.Label).Where(l => l.Length > 0).Distinct().Order(StringComparer.Ordinal),
        ];
        string[] all =
        [
            .. Slides.Select(s => s.Label).Where(l => l.Length > 0).Distinct().Order(StringComparer.Ordinal),
        ];
        var wanted = asked ?? ClassMeaning.PositiveOf(labels) ?? ClassMeaning.PositiveOf(all);
        if (wanted is null && labels.Where(ClassMeaning.IsTumor).ToArray() is [var only])
            wanted = only;
        return labels.FirstOrDefault(l => wanted is not null && ClassMeaning.Folded(l) == ClassMeaning.Folded(wanted))
            ?? throw new InvalidDataException(
                $"{Path}: {(wanted is null ? "its labels do not say which is positive" : $"no slide is labeled {wanted}")}; labels are "
                    + $"{string.Join(", ", labels)}; name the positive with --positive"
            );
    }

    private static string FileName(string name) => name[(name.LastIndexOf('/') + 1)..];

    private static bool Is(string field, string word) => field.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static string Field(TableRow row, int index) =>
        index >= 0 && index < row.Fields.Length ? row.Fields[index] : "";
}
