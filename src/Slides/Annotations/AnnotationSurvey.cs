using System.Globalization;
using Coverslip.Files;

namespace Coverslip.Slides.Annotations;

/// <summary>
/// What the annotations of many slides hold and what of it counts: for the screen, and as a table. Threads may share it.
/// </summary>
public sealed class AnnotationSurvey
{
    private const int MostNames = 20;
    private static readonly string[] Columns = ["slide", "annotation", "class", "outlines", "area_px2", "use"];

    private readonly SortedDictionary<string, SlideAnnotations?> slides = new(StringComparer.Ordinal);

    /// <summary>Files that belong to no slide.</summary>
    public IReadOnlyList<string> OfNoSlide { get; init; } = [];

    /// <summary>The classes of all files.</summary>
    private IReadOnlyCollection<string> Classes =>
        [.. Read.SelectMany(s => s.Classes).Select(c => c.Name).Distinct().Order(StringComparer.Ordinal)];

    private IEnumerable<SlideAnnotations> Read => slides.Values.OfType<SlideAnnotations>();

    /// <summary>A slide, and what is annotated on it; null where it is taken as normal all over.</summary>
    public void Add(string slide, SlideAnnotations? annotations)
    {
        lock (slides)
            slides[slide] = annotations;
    }

    /// <summary>Refuses classes that are asked for and that no file has.</summary>
    /// <exception cref="AnnotationException">The nearest name is named.</exception>
    public void Check(AnnotationClasses asked, string where) => asked.Check(Classes, where);

    /// <summary>Classes with areas and what they count as; what readers noted; slides and files that have no partner.</summary>
    public IEnumerable<string> Lines()
    {
        foreach (var name in Classes)
        {
            AnnotatedClass[] its = [.. Read.SelectMany(s => s.Classes).Where(c => c.Name == name)];
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"class {AnnotationClasses.Quoted(name)}: {its[0].Use.InWords()}; {its.Sum(c => c.Shapes)} outlines on {its.Length} slides, {its.Sum(c => c.Area):0} px²"
            );
        }
        foreach (var note in Read.SelectMany(s => s.Notes))
            yield return $"note: {note}";
        if (slides.Where(s => s.Value is null).Select(s => s.Key).ToArray() is { Length: > 0 } bare)
            yield return $"note: without annotations and taken as normal all over: {Some(bare)}";
        if (OfNoSlide.Count > 0)
            yield return $"note: annotations that belong to none of the slides: {Some([.. OfNoSlide.Select(f => Path.GetFileName(f)!)])}";
    }

    /// <summary>Whether a file is one of <see cref="Write"/>, by its columns.</summary>
    public static bool Is(string path) => CsvTable.HasHeader(path, Columns);

    /// <summary>Writes <c>slide,annotation,class,outlines,area_px2,use</c>, whole or not at all.</summary>
    public void Write(string path) =>
        CsvTable.Write(
            path,
            Columns,
            [
                .. slides.SelectMany(s =>
                    s.Value is { } its
                        ? its.Classes.Select(c => Row(s.Key, its.File, c))
                        :
                        [
                            [s.Key, "", "", "", "", "normal all over"],
                        ]
                ),
                .. OfNoSlide.Select<string, string[]>(file => ["", file, "", "", "", "of no slide"]),
            ]
        );

    private static string[] Row(string slide, string file, AnnotatedClass found) =>
        [
            slide,
            file,
            found.Name,
            $"{found.Shapes}",
            found.Area.ToString("0.###", CultureInfo.InvariantCulture),
            found.Use.InWords(),
        ];

    private static string Some(string[] names) =>
        $"{names.Length}: {string.Join(", ", names.Take(MostNames))}"
        + (names.Length > MostNames ? $" and {names.Length - MostNames} more" : "");
}
